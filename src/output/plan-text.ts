import { clean } from "../base/clean.ts";
import { effectMark } from "../plan/last-safe-moment.ts";
import { planRows } from "../plan/plan-rows.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { type StepSection, stepSections } from "../plan/step-sections.ts";
import { MODE_WORD } from "../step/mode.ts";
import type { Step } from "../step/step.ts";

const INDENT = "     ";

/** Commands start in the first column, so that what is copied, here-documents included, can be typed as it stands. */
function sectionLines(section: StepSection): string[] {
  if (section.exact) return [`${INDENT}${section.heading}:`, ...section.lines.map(clean)];
  return section.lines.map((line, at) => {
    const head = at === 0 ? `${section.heading}: ` : "  ";
    return `${INDENT}${head}${clean(line)}`;
  });
}

function stepLines(step: Step, number: number, all: readonly Step[]): string[] {
  const printed = step.does === "print" ? "  [only printed]" : "";
  return [
    `${String(number).padStart(3)}  ${effectMark(step)}  ${clean(step.title)}${printed}`,
    ...stepSections(step, all).flatMap(sectionLines),
    "",
  ];
}

/** The whole plan as plain text, every step with its exact commands: `lifeboat plan`, and the printout of the plan screen. */
export function planText(plan: Plan, now: Date): string[] {
  return [
    `${MODE_WORD[plan.mode]}  ${plan.system} / ${plan.runbook}  ${clean(plan.title)}`,
    `plan      ${plan.hash}`,
    `strategy  ${plan.strategy}, environment ${clean(plan.environment)}`,
    ...planRows(plan, now).map((row) => `${row.label.padEnd(8)}  ${clean(row.text)}`),
    "",
    ...plan.steps.flatMap((step, at) => stepLines(step, at + 1, plan.steps)),
  ];
}
