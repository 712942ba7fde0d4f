import { counted } from "../base/size.ts";
import { markdownLines, markdownTable, markdownText } from "../base/markdown.ts";
import { type FoundCheck, runFacts } from "../journal/run-facts.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { LEVELS } from "../step/check.ts";
import type { ReportInput } from "./input.ts";
import { stepName } from "./words.ts";

/** Numbers first, then what was not checked and why, then every check from the weakest proof to the strongest. */
export function checkSection({ plan, state }: ReportInput): string[] {
  const facts = runFacts(state, plan);
  const all = [...facts.failed, ...facts.warnings, ...facts.notChecked, ...facts.passed];
  const numbers = [
    `${facts.passed.length} passed`,
    `${facts.failed.length} failed`,
    ...(facts.warnings.length > 0 ? [counted(facts.warnings.length, "warning")] : []),
    `${facts.notChecked.length} not checked`,
  ];
  return [
    "## Checks",
    "",
    all.length === 0
      ? "Nothing was checked: this run proves nothing about the data."
      : `**${numbers.join(", ")}**`,
    "",
    ...notChecked(facts.notChecked, plan),
    ...LEVELS.flatMap((level) =>
      levelTable(
        level,
        all.filter((found) => found.check.level === level),
        plan,
      ),
    ),
  ];
}

function notChecked(found: readonly FoundCheck[], plan: Plan): string[] {
  if (found.length === 0) return [];
  const lines = found.map(({ step, check }) => {
    const why = check.why === undefined ? "no reason was given" : markdownLines(check.why);
    return `- ${markdownText(check.name)} (${markdownText(stepName(plan, step))}): ${why}`;
  });
  return ["Not checked:", "", ...lines, ""];
}

function levelTable(level: string, found: readonly FoundCheck[], plan: Plan): string[] {
  if (found.length === 0) return [];
  const rows = found.map(({ step, check }) => [
    check.result === "fail" ? "**fail**" : check.result,
    markdownLines(check.name),
    markdownLines(check.expected ?? ""),
    markdownLines(check.found ?? ""),
    markdownLines([check.why, check.fix && `fix: ${check.fix}`].filter(Boolean).join("\n")),
    markdownText(stepName(plan, step)),
  ]);
  return [
    `### ${level}`,
    "",
    ...markdownTable(["result", "check", "expected", "found", "why", "step"], rows),
  ];
}
