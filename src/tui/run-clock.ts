import { format } from "date-fns/format";
import { clock, inWords } from "../base/duration.ts";
import { beganAt } from "../journal/objectives.ts";
import type { RunState, StepState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { allowedMs, recovers } from "../plan/recovers.ts";
import type { Step } from "../step/step.ts";
import { type Spans, width } from "./text.ts";
import type { Theme } from "./theme.ts";

const BAR = 15;

export const elapsedMs = (state: RunState, now: Date): number =>
  state.openedAt === undefined ? 0 : Math.max(0, now.getTime() - Date.parse(state.openedAt));

export const runningMs = (step: StepState | undefined, now: Date): number =>
  step?.startedAt === undefined ? 0 : Math.max(0, now.getTime() - Date.parse(step.startedAt));

const OVER = new Set(["done", "failed", "skipped", "printed", "cancelled"]);
export const isOver = (step: StepState | undefined): boolean => step !== undefined && OVER.has(step.state);

/** Pure: how long it probably still takes; undefined when no step that is left has an expectation. */
export function remainingMs(plan: Plan, state: RunState, now: Date): number | undefined {
  const left = plan.steps.filter((step) => step.does === "run" && !isOver(state.steps.get(step.id)));
  const known = left.filter((step) => step.expectedMs !== undefined);
  if (left.length > 0 && known.length === 0) return undefined;
  return known.reduce((sum, step) => sum + leftOf(step, state, now), 0);
}

function leftOf(step: Step, state: RunState, now: Date): number {
  const stand = state.steps.get(step.id);
  const spent = stand?.state === "running" ? runningMs(stand, now) : 0;
  return Math.max(0, (step.expectedMs ?? 0) - spent);
}

/** Pure: elapsed against the objective, when it will probably be over, and what is left in hand; shorter where narrow. */
export function clockLine(plan: Plan, state: RunState, now: Date, columns: number, theme: Theme): Spans {
  // An objective counts from the run that brought the servers up.
  const began = beganAt(state, plan);
  const elapsed = began === undefined ? 0 : Math.max(0, now.getTime() - Date.parse(began));
  const left = remainingMs(plan, state, now);
  const over = left === undefined ? "" : format(now.getTime() + left, "HH:mm");
  const word = plan.mode === "live" && recovers(plan) ? "back" : "done";
  const at = over === "" ? "" : `   ${word} at about ${over}`;
  const rtoMs = allowedMs(plan);
  if (plan.mode === "dry-run" || rtoMs === undefined) return [` elapsed ${clock(elapsed)}${at}`];
  const slack = rtoMs - elapsed - (left ?? 0);
  const hand = slack >= 0 ? `in hand ${inHand(slack)}` : `OVER RTO by ${inHand(-slack)}`;
  const rto = clock(rtoMs);
  const tone = slack >= 0 ? "good" : "bad";
  const long = ` elapsed ${clock(elapsed)} of RTO ${rto}${at}   `;
  const short = ` ${clock(elapsed)} of RTO ${rto}${over === "" ? "" : `  ${word} ~${over}`}  `;
  const words =
    [long, short].find((text) => width(text + hand) <= columns) ?? ` ${clock(elapsed)} of ${rto}  `;
  return [
    words,
    { text: hand, tone },
    { text: bar(elapsed / rtoMs, columns - width(words + hand), theme), tone },
  ];
}

/** Only where there is room: the words before it say the same. */
function bar(part: number, room: number, theme: Theme): string {
  const { full, empty } = theme.ornaments;
  const cells = Math.min(BAR, room - 4);
  if (cells < 5) return "";
  const filled = Math.min(cells, Math.round(part * cells));
  return `   ${full.repeat(filled)}${empty.repeat(cells - filled)}`;
}

const inHand = (ms: number): string => (ms < 120_000 ? clock(ms) : `${Math.floor(ms / 60_000)} min`);

/** Pure: silence shown as silence, against its limit; empty while output comes. */
export function silence(silentMs: number, limitMs: number): string {
  const seconds = Math.floor(silentMs / 1000);
  return seconds < 5 ? "" : `no output for ${inWords(seconds * 1000)}, limit ${inWords(limitMs)}`;
}
