import { clock } from "../base/duration.ts";
import { checkInWords } from "../journal/result-rows.ts";
import type { StepState } from "../journal/run-state.ts";
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
  const took = state.ms === undefined ? "" : `, took ${clock(state.ms)}`;
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
