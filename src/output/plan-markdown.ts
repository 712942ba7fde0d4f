import { clean } from "../base/clean.ts";
import { planRows } from "../plan/plan-rows.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { firstCommand, type StepSection, stepSections } from "../plan/step-sections.ts";
import { MODE_WORD } from "../step/mode.ts";

const escape = (text: string): string => clean(text).replace(/[\\`*_[\]<>|#]/g, "\\$&");

/** A fence longer than any run of backticks inside, so that a command cannot end its own block. */
function fenced(lines: readonly string[], language: string): string[] {
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const fence = "`".repeat(longest + 1);
  return [fence + language, ...lines.map(clean), fence];
}

function sectionLines(section: StepSection): string[] {
  if (section.exact) return [`**${section.heading}**`, "", ...fenced(section.lines, "sh"), ""];
  const [first = "", ...rest] = section.lines;
  return [`**${section.heading}**: ${escape(first)}`, ...rest.map((line) => `  ${escape(line)}`), ""];
}

/** A table cell holding code: pipes would end the cell, backticks the code. */
function cell(text: string): string {
  const line = clean(text);
  const short = line.length > 60 ? `${line.slice(0, 59)}…` : line;
  return short === "" ? "" : `\`${short.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}

/** The plan as Markdown, for a ticket or a review. */
export function planMarkdown(plan: Plan, now: Date): string[] {
  return [
    `# ${MODE_WORD[plan.mode]}: ${escape(plan.system)} / ${escape(plan.runbook)}`,
    "",
    escape(plan.title),
    "",
    `- plan: \`${plan.hash}\``,
    `- strategy: ${plan.strategy}, environment: ${escape(plan.environment)}`,
    ...planRows(plan, now).map((row) => `- ${row.label}: ${escape(row.text)}`),
    "",
    "| # | effect | step | first command |",
    "|---|---|---|---|",
    ...plan.steps.map(
      (step, at) => `| ${at + 1} | ${step.effect} | ${escape(step.title)} | ${cell(firstCommand(step))} |`,
    ),
    "",
    ...plan.steps.flatMap((step, at) => [
      `## ${at + 1}. ${escape(step.title)}`,
      "",
      `\`${step.effect}\`${step.does === "print" ? ", only printed" : ""}`,
      "",
      ...stepSections(step).flatMap(sectionLines),
    ]),
  ];
}
