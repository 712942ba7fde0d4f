import { inWords } from "../base/duration.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { isTimed, recovers } from "../plan/recovers.ts";
import type { RunState } from "./run-state.ts";

/** A time that was allowed against the time that was measured, both in ms. */
export interface Objective {
  limitMs: number | undefined;
  measuredMs: number;
  /** False while nothing is recovered: what was measured so far can only be too long, never good enough. */
  reached: boolean;
  /** undefined when there is no objective, or when it is not reached and there is still time. */
  met: boolean | undefined;
}

const time = (iso: string | undefined): number => (iso === undefined ? 0 : Date.parse(iso));

function objective(limitMs: number | undefined, measuredMs: number, reached: boolean): Objective {
  const within = limitMs === undefined ? undefined : measuredMs <= limitMs;
  return { limitMs, measuredMs, reached, met: reached || within === false ? within : undefined };
}

/** The word of a run that nobody will go on with. */
export const ABANDONED = "ABANDONED";

/** The run brought the data back (a drill: to its scratch target), with or without deviations. */
export function isRecovered(state: RunState): boolean {
  return state.ended?.exit === EXIT.done || state.ended?.exit === EXIT.deviations;
}

/** From the first opening to the verdict, or to the last event of a run that has none. A later clean-up does not count. */
export function tookMs(state: RunState): number {
  return state.tookMs ?? state.elapsed.ms;
}

/** When the recovery began, ISO: with the run that brought the servers up, where there was one. */
export function beganAt(state: RunState, plan: Plan): string | undefined {
  return plan.continues?.startedAt ?? state.openedAt;
}

/** From there to the verdict. */
function recoveryMs(state: RunState, plan: Plan): number {
  const before = Math.max(0, time(state.openedAt) - time(beganAt(state, plan)));
  return before + tookMs(state);
}

/** undefined for a dry run and wherever there is no time to keep. */
export function rtoOf(state: RunState, plan: Plan): Objective | undefined {
  if (plan.mode === "dry-run" || plan.bringsUp || !isTimed(plan)) return undefined;
  return objective(plan.rtoMs, recoveryMs(state, plan), isRecovered(state));
}

/** Not a rehearsal, nor anything else that leaves the data of production as it is. */
const isRecovery = (plan: Plan): boolean => plan.mode === "live" && recovers(plan);

/** The age of the oldest chosen backup when the run began; undefined without a backup. */
export function rpoOf(state: RunState, plan: Plan): Objective | undefined {
  const times = plan.backups.map((backup) => Date.parse(backup.time));
  if (times.length === 0 || state.openedAt === undefined) return undefined;
  // A recovery that did not come to its end has met nothing; a rehearsal says what it would have been.
  const reached = !isRecovery(plan) || isRecovered(state);
  return objective(plan.rpoMs, Math.max(0, time(beganAt(state, plan)) - Math.min(...times)), reached);
}

/** "met: took 12 min 3 s, allowed 30 min 0 s". */
export function objectiveInWords(measured: string, { limitMs, met, reached }: Objective): string {
  const allowed = limitMs === undefined ? "no objective set" : `allowed ${inWords(limitMs)}`;
  if (!reached)
    return `${met === false ? "MISSED" : "not reached"}: nothing recovered, ${measured}, ${allowed}`;
  return met === undefined
    ? `${measured} (${allowed})`
    : `${met ? "met" : "MISSED"}: ${measured}, ${allowed}`;
}

/** RTO and RPO as words; for a run that lost nothing yet the loss is what would be lost. */
export function objectiveRows(
  state: RunState,
  plan: Plan,
): { label: string; text: string; met: Objective["met"] }[] {
  const [rto, rpo] = [rtoOf(state, plan), rpoOf(state, plan)];
  const lost = isRecovery(plan) && isRecovered(state) ? "lost" : "would lose";
  const since = plan.continues === undefined ? "" : ` since ${plan.continues.run} began`;
  const took = `took ${inWords(recoveryMs(state, plan))}${since}`;
  return [
    rto === undefined
      ? { label: "time", text: took, met: undefined }
      : { label: "RTO", text: objectiveInWords(took, rto), met: rto.met },
    ...(rpo === undefined
      ? []
      : [
          {
            label: "RPO",
            text: objectiveInWords(`${lost} ${inWords(rpo.measuredMs)} of writes`, rpo),
            met: rpo.met,
          },
        ]),
  ];
}
