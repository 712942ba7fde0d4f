import { counted } from "../base/size.ts";
import { usageError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { changedSoFar } from "../engine/choices.ts";
import { emit } from "../engine/run-context.ts";
import { askProbe } from "../engine/probe.ts";
import {
  type Assumption,
  probeInFlight,
  type Probed,
  proposal,
  settleInFlight,
  type Standing,
  standingOf,
} from "../engine/resume.ts";
import { runPlan } from "../engine/run-plan.ts";
import { differencesSince } from "./differences.ts";
import { ABANDONED } from "../journal/objectives.ts";
import { findLeftovers, type Leftovers } from "./leftovers.ts";
import { lockStores } from "./store-locks.ts";
import { continueRun, openPastRun, type PastRun, restingRun } from "./past-run.ts";
import { readRuns, type RunRecord } from "./run-folder.ts";
import { handle, type StartedRun, type StartOptions, toItsEnd } from "./start-run.ts";
import { unfinishedRuns } from "./unfinished.ts";
import type { World } from "./world.ts";

/** What resuming would mean; nothing was changed to find it out. */
export interface Offer {
  past: PastRun;
  standing: Standing;
  stands: string[];
  leftovers: Leftovers;
  differences: string[];
  probed: (Probed & { title: string; proposal: string })[];
}

/** The run that is meant: named, or the only unfinished one. Throws exit 2 when it is not clear which. */
export function runToResume(world: World, wanted: string | undefined): string {
  if (wanted !== undefined) return wanted;
  const runs = readRuns(world);
  const unfinished = unfinishedRuns(world, runs);
  const [only] = unfinished;
  if (only && unfinished.length === 1) return only.run;
  if (!only) throw usageError("there is no unfinished run", nextOfNone(runs));
  throw usageError(
    `${unfinished.length} runs are unfinished`,
    `say which: ${unfinished.map((r) => r.run).join(", ")}`,
  );
}

/** One that failed has ended, and is gone on with when it is named: only of the newest can that be what was meant. */
function nextOfNone(runs: readonly RunRecord[]): string {
  const newest = runs.find(({ plan }) => plan.mode !== "dry-run");
  const ended = newest?.state.ended;
  const isMeant = ended?.exit === EXIT.failed && ended.word !== ABANDONED;
  return newest !== undefined && isMeant && whyOver(newest) === undefined
    ? `to go on with the newest, which failed: lifeboat resume ${newest.run}`
    : "see all runs with: lifeboat runs";
}

/** Reads where an interrupted run stands and asks its probes, read-only. */
export async function offerResume(world: World, wanted: string): Promise<Offer> {
  const record = restingRun(world, wanted);
  refuseOver(record);
  const past = await openPastRun(world, record);
  const standing = standingOf(record.plan, record.state);
  const probed: Offer["probed"] = [];
  for (const step of standing.inFlight) {
    const { answer } = await askProbe(past.material.launch, step);
    probed.push({ step, answer, title: step.title, proposal: proposal({ step, answer }) });
  }
  return {
    past,
    standing,
    stands: standsIn(record, standing),
    leftovers: await findLeftovers(past),
    differences: await differencesSince(past),
    probed,
  };
}

const wasUndone = ({ plan, state }: RunRecord): boolean =>
  // What a failed step left was taken back at once: that step is run again. Only what was done is over, as soon as its
  // undo has begun: a killed one may have come further than its journal.
  plan.steps.some(
    ({ id }) => state.steps.get(id)?.state === "done" && state.steps.get(`undo ${id}`) !== undefined,
  );

/** What is finished, undone or only looked cannot be gone on with. */
function whyOver(record: RunRecord): string | undefined {
  const { plan, state } = record;
  // Killed behind its last step, a run has its verdict and its report left.
  const unsaid = state.ended === undefined || state.ended.exit === EXIT.interrupted;
  const left = unsaid ? 1 : standingOf(plan, state).left.length;
  if (plan.mode === "dry-run") return "a dry run leaves nothing to go on with";
  if (wasUndone(record)) return "it was undone, wholly or in part";
  return left === 0 ? "every step is done" : undefined;
}

function refuseOver(record: RunRecord): void {
  const why = whyOver(record);
  if (why === undefined) return;
  const { plan, run } = record;
  const next = plan.bringsUp
    ? `the rest is still to be planned and run: ${plan.bringsUp.rest}`
    : "start a new run";
  throw usageError(
    `run ${run} cannot be resumed: ${why}`,
    wasUndone(record) ? `finish the undo with: lifeboat undo ${run}` : next,
  );
}

function standsIn({ plan, state }: RunRecord, standing: Standing): string[] {
  const last =
    state.lastAt === undefined
      ? "before its first step"
      : `at ${state.lastAt.slice(0, 19).replace("T", " ")} UTC`;
  const next = standing.left[0];
  const title = next ? `step ${plan.steps.indexOf(next) + 1}, ${next.title}` : "the verdict and the report";
  return [
    `stopped ${last}, ${standing.settled.size} of ${counted(plan.steps.length, "step")} settled`,
    `next: ${title}`,
    ...(state.ended ? [`it ended with: ${state.ended.word}`] : ["its process ended without a word"]),
    // Of several stores some may be restored, and others not.
    ...changedSoFar(plan, state).map((line) => `so far: ${line}`),
  ];
}

export interface ResumeOptions extends StartOptions {
  /** How the differences were accepted; undefined when there were none. */
  accepted?: "typed" | "flag" | undefined;
  assume: ReadonlyMap<string, Assumption>;
  /** Why the lock of a living run is taken over. */
  takeOver?: string | undefined;
}

/** Takes the offer: locks, journal, leftovers ended, probes asked once more and journaled, then on with what is left. */
export async function resumeRun(world: World, offer: Offer, options: ResumeOptions): Promise<StartedRun> {
  const { past, standing, differences, leftovers } = offer;
  const { plan, stores, vault } = past.material;
  const { ask, decide, takeOver } = options;
  const locks = await lockStores(world, { plan, stores, vault, takeOver });
  const context = continueRun(world, past, { ask, decide, locks });
  const finished = toItsEnd(context, world, locks, async () => {
    if (differences.length > 0)
      emit(context, { type: "differences.accepted", differences, how: options.accepted ?? "typed" });
    if (leftovers.says.length > 0) {
      emit(context, {
        type: "note",
        by: "Lifeboat",
        text: `ended what still ran: ${leftovers.says.join("; ")}`,
      });
      await leftovers.end();
    }
    const probed = await probeInFlight(context, standing);
    const now = await settleInFlight(context, standing, probed, options.assume);
    return (await runPlan(context, { onFailure: options.onFailure }, now)).exit;
  });
  return handle(context, finished);
}
