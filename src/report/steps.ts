import { inWords } from "../base/duration.ts";
import { markdownLines, markdownTable, markdownText } from "../base/markdown.ts";
import type { StepState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Step } from "../step/step.ts";
import type { ReportInput } from "./input.ts";
import { instant, only, stepName } from "./words.ts";

/** One row a step, then what was taken back. */
export function stepSection(input: ReportInput): string[] {
  const { plan, state } = input;
  const known = new Set(plan.steps.map((step) => step.id));
  const besides = [...state.steps.values()].filter((step) => !known.has(step.id));
  const rows = plan.steps.map((step, at) => stepCells(String(at + 1), step, state.steps.get(step.id), input));
  const others = besides.map((step) => [
    "",
    markdownText(stepName(plan, step.id).replace(/ of \d+\. /, " of ")),
    step.effect ?? "",
    resultWord(step, input),
    step.ms === undefined ? "" : inWords(step.ms),
    String(step.attempts),
  ]);
  return [
    "## Steps",
    "",
    ...markdownTable(["#", "step", "effect", "result", "took", "attempts"], [...rows, ...others]),
  ];
}

function stepCells(number: string, step: Step, ran: StepState | undefined, input: ReportInput): string[] {
  const printed = step.does === "print" ? ` (${step.printedBecause ?? "not run in this mode"})` : "";
  return [
    number,
    markdownText(step.title),
    step.effect,
    markdownText(resultWord(ran, input) + printed),
    ran?.ms === undefined || ran.state === "printed" ? "" : inWords(ran.ms),
    ran === undefined || ran.attempts === 0 ? "" : String(ran.attempts),
  ];
}

/** A step that was running when the journal ends has no result, and that is what the report says. */
function resultWord(ran: StepState | undefined, { state }: ReportInput): string {
  if (ran === undefined) return "not begun";
  if (ran.state === "running") return state.ended ? "no outcome recorded" : "running, or killed";
  if (ran.state === "gate") return "waiting at its gate";
  if (ran.state === "waiting")
    return ran.startedAt === undefined ? "not begun" : "interrupted, no outcome recorded";
  return ran.state;
}

/** Every failure of every attempt, also those that a later attempt made good. */
export function failureSection({ plan, state, events }: ReportInput): string[] {
  const failures = only(events, "step.ended").filter((event) => event.error !== undefined);
  if (failures.length === 0) return ["## Failures", "", "None.", ""];
  return [
    "## Failures",
    "",
    ...failures.flatMap((event) => {
      const { what, why, next } = event.error ?? { what: "" };
      const now = state.steps.get(event.step)?.state;
      const later = now !== undefined && now !== event.result ? ` (now: ${now})` : "";
      return [
        `### ${markdownText(stepName(plan, event.step))}, ${event.result} at ${instant(event.at)}${later}`,
        "",
        `- what: ${markdownLines(what)}`,
        ...(why === undefined ? [] : [`- why: ${markdownLines(why)}`]),
        `- next: ${next === undefined ? "nothing is known to do about it" : markdownLines(next)}`,
        ...(event.output === undefined ? [] : [`- output: ${markdownText(event.output.file)}`]),
        "",
      ];
    }),
  ];
}

/** What a run left on purpose, and how it is removed. */
export function cleanupCommand(plan: Plan): string {
  return `lifeboat cleanup ${plan.run}`;
}
