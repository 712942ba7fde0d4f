import { fenced, markdownCode, markdownText } from "../base/markdown.ts";
import { stands } from "../journal/run-facts.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { MODE_WORD } from "../step/mode.ts";
import type { Step } from "../step/step.ts";
import { allCommands, block, handoverStep } from "./handover-step.ts";
import { instant, stepName } from "./words.ts";

interface HandoverInput {
  plan: Plan;
  state: RunState;
}

const OVER = new Set(["done", "skipped", "printed"]);

/**
 * How a person goes on, or goes back, without Lifeboat: where the run is, every command that is left, and what takes
 * back what was done. Rewritten at every step boundary, so that it is there when Lifeboat is not. Holds no secret: it
 * names the environment variables to export.
 */
export function handoverText(input: HandoverInput): string {
  const sections = [head, position, secrets, remaining, wayBack, clearing];
  return `${sections
    .flatMap((section) => section(input))
    .join("\n")
    .trimEnd()}\n`;
}

/** What is still to be done in this mode, the running and the failed step included. */
function left({ plan, state }: HandoverInput): Step[] {
  return plan.steps.filter((step) => step.does === "run" && !OVER.has(state.steps.get(step.id)?.state ?? ""));
}

/** What has been begun and not taken back, newest first. */
function takeable({ plan, state }: HandoverInput): Step[] {
  const begun = (step: Step): boolean => {
    const ran = state.steps.get(step.id);
    return ran?.startedAt !== undefined && (ran.state !== "done" || stands(state, step.id));
  };
  const undone = (step: Step): boolean => state.steps.get(`undo ${step.id}`)?.state === "done";
  return plan.steps.filter((step) => step.undo && begun(step) && !undone(step)).toReversed();
}

function head({ plan, state }: HandoverInput): string[] {
  return [
    `# HANDOVER ${markdownText(`${MODE_WORD[plan.mode]} ${plan.system} / ${plan.runbook}`)}`,
    "",
    `As of ${state.lastAt === undefined ? "the plan" : instant(state.lastAt)}, run ${markdownCode(plan.run)}.`,
    "Lifeboat rewrites this file at every step. With it the run can be finished, or taken back, by hand.",
    "Before you do: make sure that Lifeboat no longer runs (`lifeboat runs`), or two hands work on the same data.",
    "",
    ...plan.targets.map(
      (t) => `- target: ${markdownText(`${t.name} at ${t.address}, written as ${t.writesTo}`)}`,
    ),
    ...plan.backups.map((backup) => `- backup: ${markdownCode(backup.path)}, taken ${instant(backup.time)}`),
    "",
  ];
}

function position(input: HandoverInput): string[] {
  const { plan, state } = input;
  const done = plan.steps.filter((step) => OVER.has(state.steps.get(step.id)?.state ?? ""));
  const taken = [...state.steps.values()].filter((step) => !plan.steps.some((own) => own.id === step.id));
  return [
    "## Where we are",
    "",
    state.ended
      ? `The run has ended: ${markdownText(state.ended.word)}, exit ${state.ended.exit}.`
      : `${done.length} of ${plan.steps.length} steps are over. ${nowLine(input)}`,
    "",
    ...(state.ended?.state ?? []).map((line) => `- now: ${markdownText(line)}`),
    ...[...done.map((step) => step.id), ...taken.map((step) => step.id)].map((id) => {
      const after = plan.steps.find((step) => step.id === id && stands(state, id))?.after;
      const then = after === undefined ? "" : `: ${markdownText(after)}`;
      return `- ${state.steps.get(id)?.state}: ${markdownText(stepName(plan, id))}${then}`;
    }),
    ...state.deviations.map(
      (d) => `- deviation: ${markdownText(d.what)}, because: ${markdownText(d.because)}`,
    ),
    ...state.notes.map((note) => `- note by ${markdownText(note.by)}: ${markdownText(note.text)}`),
    "",
  ];
}

function nowLine({ plan, state }: HandoverInput): string {
  const running = plan.steps.filter((step) => state.steps.get(step.id)?.state === "running");
  if (state.gate) return `**Waiting for an answer at ${markdownText(stepName(plan, state.gate.step))}.**`;
  if (running.length === 0) return "Nothing is running.";
  const names = running.map((step) => markdownText(stepName(plan, step.id))).join(" and ");
  return `**Running: ${names}.** It may be done, half done or not done: look before you repeat it.`;
}

/** Names of the secrets every command left, or undoing, needs; never their values. */
function secrets(input: HandoverInput): string[] {
  const commands = [
    ...left(input).flatMap(allCommands),
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
    "These secrets are not written anywhere here. Export each where it is needed (bash, zsh; what you type is not shown):",
    "",
    ...fenced(
      [...needed.values()].map(
        ({ name, key }) => `read -rs ${name} && export ${name}   # the secret of ${key}`,
      ),
      "sh",
    ),
    "",
  ];
}

function remaining(input: HandoverInput): string[] {
  const steps = left(input);
  if (steps.length === 0) return ["## What is left", "", "Nothing.", ""];
  return [
    "## What is left, in this order",
    "",
    ...steps.flatMap((step) => handoverStep(step, input.plan, input.state)),
  ];
}

function wayBack(input: HandoverInput): string[] {
  const { plan } = input;
  const steps = takeable(input);
  if (steps.length === 0) return ["## The way back", "", "There is nothing to take back.", ""];
  return [
    "## The way back, in this order",
    "",
    `With Lifeboat: ${markdownCode(`lifeboat undo ${plan.run}`)}. By hand:`,
    "",
    ...steps.flatMap((step) => {
      const until = step.undo?.until === undefined ? "" : ` (${step.undo.until})`;
      const says = `${markdownText(stepName(plan, step.id))}: ${markdownText(`${step.undo?.says ?? ""}${until}`)}`;
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
    `Once it is not needed any more: ${markdownCode(`lifeboat cleanup ${plan.run}`)}. By hand:`,
    "",
    ...kept.flatMap((step) => block(markdownText(step.cleanup?.says ?? ""), step.cleanup?.commands ?? [])),
  ];
}
