import { fenced, markdownCode, markdownText } from "../base/markdown.ts";
import { effectInWords, effectMark } from "../plan/last-safe-moment.ts";
import { planRows } from "../plan/plan-rows.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { gistOf, type StepSection, stepSections } from "../plan/step-sections.ts";
import { MODE_WORD } from "../step/mode.ts";

function sectionLines(section: StepSection): string[] {
  if (section.exact) return [`**${section.heading}**`, "", ...fenced(section.lines, "sh"), ""];
  const [first = "", ...rest] = section.lines;
  return [
    `**${section.heading}**: ${markdownText(first)}`,
    ...rest.map((line) => `  ${markdownText(line)}`),
    "",
  ];
}

const SHORT = 60;

/** A command in a table: cut, because the whole of it follows below. */
function cell(text: string): string {
  return markdownCode(text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text);
}

/** The plan as Markdown, for a ticket or a review. */
export function planMarkdown(plan: Plan, now: Date): string[] {
  return [
    `# ${MODE_WORD[plan.mode]}: ${markdownText(plan.system)} / ${markdownText(plan.runbook)}`,
    "",
    markdownText(plan.title),
    "",
    `- plan: \`${plan.hash}\``,
    `- strategy: ${plan.strategy}, environment: ${markdownText(plan.environment)}`,
    ...planRows(plan, now).map((row) => `- ${row.label}: ${markdownText(row.text)}`),
    "",
    "| # | effect | step | what it runs |",
    "|---|---|---|---|",
    ...plan.steps.map(
      (step, at) =>
        `| ${at + 1} | ${markdownText(effectMark(step))} | ${markdownText(step.title)} | ${cell(gistOf(step))} |`,
    ),
    "",
    ...plan.steps.flatMap((step, at) => [
      `## ${at + 1}. ${markdownText(step.title)}`,
      "",
      `${markdownText(effectInWords(step))}${step.does === "print" ? ", only printed" : ""}`,
      "",
      ...stepSections(step, plan.steps).flatMap(sectionLines),
    ]),
  ];
}
