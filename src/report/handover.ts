import { markdownCode, markdownText } from "../base/markdown.ts";
import { stands } from "../journal/run-facts.ts";
import { alone, cautions, decision } from "./handover-cautions.ts";
import { head, position } from "./handover-position.ts";
import { allCommands, block, handoverStep, lines } from "./handover-step.ts";
import { type HandoverInput, isGoingBack, named, stepsLeft, takeable } from "./handover-steps.ts";
import { wrapProse } from "./wrap.ts";

/**
 * How a person goes on, or goes back, without Lifeboat: where the run is, what must not be done, every command that is
 * left, and what takes back what was done. Rewritten at every step boundary, so that it is there when Lifeboat is not.
 * Holds no secret: it names the environment variables to export.
 */
export function handoverText(input: HandoverInput): string {
  const sections = [head, position, cautions, decision, secrets, alone, remaining, wayBack, clearing];
  return `${sections
    .flatMap((section) => section(input))
    .join("\n")
    .trimEnd()}\n`;
}

/** Names of the secrets every command left, or undoing, needs; never their values. */
function secrets(input: HandoverInput): string[] {
  const commands = [
    ...stepsLeft(input).flatMap(allCommands),
    ...takeable(input).flatMap((step) => step.undo?.commands ?? []),
  ];
  const needed = new Map(
    commands.flatMap((command) =>
      Object.entries(command.secrets).map(([name, key]): [string, { name: string; key: string }] => [
        `${name} ${key}`,
        { name, key },
      ]),
    ),
  );
  if (needed.size === 0) return [];
  return [
    "## Before you type a command",
    "",
    ...wrapProse(
      "Secrets are written nowhere here. Export each where it is needed (bash, zsh; what you type is not shown):",
    ),
    "",
    ...lines(
      [...needed.values()].map(
        ({ name, key }) => `read -rs ${name} && export ${name}   # the secret of ${key}`,
      ),
    ),
  ];
}

function remaining(input: HandoverInput): string[] {
  const steps = stepsLeft(input);
  if (steps.length === 0) {
    const back = isGoingBack(input) ? "Nothing: the run is being, or was, taken back." : "Nothing.";
    return ["## What is left", "", back, "", ...rest(input)];
  }
  return [
    "## What is left, in this order",
    "",
    ...steps.flatMap((step) => (input.stepText ?? handoverStep)(step, input.plan, input.state)),
    ...rest(input),
  ];
}

/** A bring-up is only the beginning, and what comes after it is in no plan yet. */
function rest(input: HandoverInput): string[] {
  const { bringsUp } = input.plan;
  if (!bringsUp || isGoingBack(input)) return [];
  return [
    ...wrapProse(
      "Nothing is restored by this run. When it is done and the servers answer, the rest is planned and run by:",
    ),
    "",
    ...lines([bringsUp.rest]),
  ];
}

function wayBack(input: HandoverInput): string[] {
  const { plan } = input;
  const steps = takeable(input);
  if (steps.length === 0) return ["## The way back", "", "There is nothing to take back.", ""];
  return [
    "## The way back, in this order",
    "",
    ...wrapProse(
      `With Lifeboat: ${markdownCode(`lifeboat undo ${plan.run}`)}. By hand, each to its end before the next:`,
    ),
    "",
    ...steps.flatMap((step) => {
      const until = step.undo?.until === undefined ? "" : ` (possible until ${step.undo.until})`;
      const says = `${named(plan, step)}: ${markdownText(`${step.undo?.says ?? ""}${until}`)}`;
      return block(says, step.undo?.commands ?? []);
    }),
  ];
}

function clearing({ plan, state }: HandoverInput): string[] {
  const kept = plan.steps.filter((step) => step.cleanup && stands(state, step.id));
  if (kept.length === 0) return [];
  return [
    "## Kept on purpose",
    "",
    ...wrapProse(
      `Not now: once it is not needed any more, ${markdownCode(`lifeboat cleanup ${plan.run}`)}. By hand:`,
    ),
    "",
    ...kept.flatMap((step) => block(markdownText(step.cleanup?.says ?? ""), step.cleanup?.commands ?? [])),
  ];
}
