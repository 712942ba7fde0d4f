import { fenced, markdownCode, markdownText } from "../base/markdown.ts";
import { effectInWords, effectMark } from "../plan/last-safe-moment.ts";
import { planRows } from "../plan/plan-rows.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { checkTitle, gistOf, type StepSection, stepSections } from "../plan/step-sections.ts";
import { MODE_WORD } from "../step/mode.ts";
import type { Step } from "../step/step.ts";

function sectionLines(section: StepSection): string[] {
  if (section.exact) return [`**${section.heading}**`, "", ...fenced(section.lines, "sh"), ""];
  const lines = section.lines.flatMap((line) => line.trimEnd().split("\n")).map(markdownText);
  const [first = "", ...rest] = lines;
  if (rest.length === 0) return [`**${section.heading}**: ${first}`, ""];
  // Two blanks at its end keep a line a line of its own.
  return [
    `**${section.heading}**:  `,
    ...lines.map((line, at) => (at < lines.length - 1 ? `${line}  ` : line)),
    "",
  ];
}

/** What paper does not need: that a step comes after the one above it, or runs nothing where it says what it looks at or asks. */
function isIdle({ heading, exact }: StepSection, step: Step, at: number, all: readonly Step[]): boolean {
  if (heading === "after") return step.needs.every((id) => id === all[at - 1]?.id);
  return heading === "commands" && !exact && (step.checks.length > 0 || step.gate !== undefined);
}

/** What is done, in the order in which it is done; how it is proven is said, and done by hand only in the appendix. */
function stepLines(step: Step, at: number, all: readonly Step[]): string[] {
  const sections = stepSections(step, all).filter(
    (section) => section.isDetail === undefined && !isIdle(section, step, at, all),
  );
  const checked = step.checks.map((check) => `- ${markdownText(checkTitle(check))}`);
  return [
    `## ${at + 1}. ${markdownText(step.title)}`,
    "",
    `${markdownText(effectInWords(step))}${step.does === "print" ? ", only printed" : ""}`,
    "",
    ...sections.flatMap(sectionLines),
    ...(checked.length === 0 ? [] : ["**checked**:", "", ...checked, ""]),
  ];
}

function detailLines(step: Step, at: number, all: readonly Step[]): string[] {
  const sections = stepSections(step, all).filter(({ isDetail }) => isDetail === true);
  return [`### ${at + 1}. ${markdownText(step.title)}`, "", ...sections.flatMap(sectionLines)];
}

const SHORT = 60;

/** A command in a table: cut, because the whole of it follows below. */
function cell(text: string): string {
  return markdownCode(text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text);
}

/** The plan as Markdown, for a ticket, a review, or paper. */
export function planMarkdown(plan: Plan, now: Date): string[] {
  const rows = planRows(plan, now);
  const notes = rows.filter(({ label }) => label === "note").map(({ text }) => `- ${markdownText(text)}`);
  return [
    `# ${MODE_WORD[plan.mode]}: ${markdownText(plan.system)} / ${markdownText(plan.runbook)}`,
    "",
    markdownText(plan.title),
    "",
    `- plan: \`${plan.hash}\``,
    `- strategy: ${plan.strategy}, environment: ${markdownText(plan.environment)}`,
    ...rows.filter(({ label }) => label !== "note").map((row) => `- ${row.label}: ${markdownText(row.text)}`),
    "",
    ...(notes.length === 0 ? [] : ["## Before you start", "", ...notes, "", "## All steps", ""]),
    "| # | effect | step | what it runs |",
    "|---|---|---|---|",
    ...plan.steps.map(
      (step, at) =>
        `| ${at + 1} | ${markdownText(effectMark(step))} | ${markdownText(step.title)} | ${cell(gistOf(step))} |`,
    ),
    "",
    ...plan.steps.flatMap(stepLines),
    "## Appendix: looking, probing and going back by hand",
    "",
    "Of each step: the commands that check it, that tell after an interruption how far it came, that take it back; and its limits.",
    "",
    ...plan.steps.flatMap(detailLines),
  ];
}
