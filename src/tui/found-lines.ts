import { inWords } from "../base/duration.ts";
import { checkInWords } from "../journal/result-rows.ts";
import type { RunState, StepState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { CheckResult } from "../step/check.ts";
import { labelled } from "./rows.ts";
import type { Spans } from "./text.ts";
import { STEP_TONES, type Tone } from "./theme.ts";

const CHECK_TONES: Record<CheckResult["result"], Tone> = {
  pass: "good",
  fail: "bad",
  warning: "warn",
  "not checked": "warn",
};

/** Pure: what a run has found out about a step: its state, its error, each check with expected and found. */
export function foundLines(state: StepState | undefined, columns: number): Spans[] {
  if (!state) return [];
  const took = state.ms === undefined ? "" : `, took ${inWords(state.ms)}`;
  const row = (label: string, text: string | undefined, tone: Tone): Spans[] =>
    text === undefined ? [] : labelled(label, text, columns, tone, 15);
  return [
    ...row("state", state.state + took, STEP_TONES[state.state]),
    ...row("error", state.error?.what, "bad"),
    ...row("because", state.error?.why, "plain"),
    ...row("next", state.error?.next, "strong"),
    ...state.checks.flatMap((check) => row(check.result, checkInWords(check), CHECK_TONES[check.result])),
    ...row("output", state.output && `${state.output.lines} lines in ${state.output.file}`, "plain"),
    [""],
  ];
}

/** Pure: every check of a run under its step, with what was expected and what was found. */
export function checkLines(plan: Plan, state: RunState, columns: number): Spans[] {
  return [...state.steps.values()]
    .filter((step) => step.checks.length > 0)
    .flatMap((step): Spans[] => [
      [{ text: ` ${plan.steps.find((entry) => entry.id === step.id)?.title ?? step.id}`, tone: "strong" }],
      ...step.checks.flatMap((check) =>
        labelled(check.result, checkInWords(check), columns, CHECK_TONES[check.result], 12),
      ),
    ]);
}
