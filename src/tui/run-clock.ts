import { format } from "date-fns/format";
import { clock, inWords } from "../base/duration.ts";
import type { RunState, StepState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Step } from "../step/step.ts";
import type { Spans } from "./text.ts";
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

/** Pure: elapsed against the objective, when it will probably be over, and what is left in hand. */
export function clockLine(plan: Plan, state: RunState, now: Date, columns: number, theme: Theme): Spans {
  const elapsed = elapsedMs(state, now);
  const left = remainingMs(plan, state, now);
  const over = left === undefined ? "" : `   done at about ${format(now.getTime() + left, "HH:mm")}`;
  if (plan.mode === "dry-run" || plan.rtoMs === undefined) return [` elapsed ${clock(elapsed)}${over}`];
  const slack = plan.rtoMs - elapsed - (left ?? 0);
  const filled = Math.min(BAR, Math.round((elapsed / plan.rtoMs) * BAR));
  const { full, empty } = theme.ornaments;
  const bar = columns < 76 ? "" : `   ${full.repeat(filled)}${empty.repeat(BAR - filled)}`;
  const hand = slack >= 0 ? `   in hand ${inHand(slack)}` : `   OVER RTO by ${inHand(-slack)}`;
  return [
    ` elapsed ${clock(elapsed)} of RTO ${clock(plan.rtoMs)}${over}`,
    { text: hand, tone: slack >= 0 ? "good" : "bad" },
    { text: bar, tone: slack >= 0 ? "good" : "bad" },
  ];
}

const inHand = (ms: number): string => (ms < 120_000 ? clock(ms) : `${Math.floor(ms / 60_000)} min`);

/** Pure: silence shown as silence, against its limit; empty while output comes. */
export function silence(silentMs: number, limitMs: number): string {
  const seconds = Math.floor(silentMs / 1000);
  return seconds < 5 ? "" : `no output for ${round(seconds * 1000)}, limit ${round(limitMs)}`;
}

/** "5 min" where `inWords` says "5 min 0 s": limits and counted seconds are whole. */
const round = (ms: number): string =>
  inWords(ms)
    .replace(/ 0 (s|min)$/, "")
    .replace(".0 s", " s");
