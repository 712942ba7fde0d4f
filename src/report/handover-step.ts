import { fenced, markdownCode, markdownLines, markdownText } from "../base/markdown.ts";
import { type Command, typeable } from "../step/command.ts";
import type { Step } from "../step/step.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { stepName } from "./words.ts";

/** Commands as they are typed, under a line of prose (none when it is empty). */
export function block(says: string, commands: readonly Command[]): string[] {
  if (commands.length === 0) return [];
  const lines = commands.flatMap((command) => typeable(command).split("\n"));
  return [...(says === "" ? [] : [says, ""]), ...fenced(lines, "sh"), ""];
}

/** Every command that doing a step by hand takes: its own, those that look, and the one that tells whether it is done. */
export function allCommands(step: Step): Command[] {
  const looks = step.checks.flatMap((check) => ("inspect" in check.source ? [] : [check.source]));
  return [...step.commands, ...looks, ...(step.probe ? [step.probe] : [])];
}

/** A step that is left: why, what it asks first, its exact commands, and how it is known to be done. */
export function handoverStep(step: Step, plan: Plan, state: RunState): string[] {
  const ran = state.steps.get(step.id);
  const word = ran === undefined || ran.state === "waiting" ? "" : ` (${ran.state})`;
  const touched = ran?.startedAt !== undefined;
  return [
    `### ${markdownText(stepName(plan, step.id))}${word}`,
    "",
    `${markdownText(step.why)} It ${step.effect === "reads" ? "only reads" : `is ${step.effect}`}.`,
    "",
    ...bullets([
      ...(ran?.error ? [`failed: ${markdownLines(ran.error.what)}`] : []),
      ...(ran?.error?.why === undefined ? [] : [`why: ${markdownLines(ran.error.why)}`]),
      ...(ran?.error?.next === undefined ? [] : [`next: ${markdownLines(ran.error.next)}`]),
      ...(step.gate
        ? [...step.gate.says, step.gate.prompt].map((line) => `first: ${markdownText(line)}`)
        : []),
      ...(step.optional === undefined ? [] : [`may be skipped: ${markdownText(step.optional)}`]),
    ]),
    ...(touched && step.probe ? block("It was begun. See first whether it is done:", [step.probe]) : []),
    ...block("", step.commands),
    ...step.commands.flatMap((command) =>
      command.token === undefined
        ? []
        : [`It is done only when it has printed ${markdownCode(command.token)}.`, ""],
    ),
    ...checkLines(step),
  ];
}

function bullets(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [...lines.map((line) => `- ${line}`), ""];
}

function checkLines(step: Step): string[] {
  return step.checks.flatMap((check) => {
    const lines = "inspect" in check.source ? check.source.byHand : typeable(check.source).split("\n");
    return [`Then look: ${markdownText(check.title)}`, "", ...fenced(lines, "sh"), ""];
  });
}
