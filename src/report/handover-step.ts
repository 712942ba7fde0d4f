import { inWords } from "../base/duration.ts";
import { fenced, markdownCode, markdownLines, markdownText } from "../base/markdown.ts";
import type { RunState, StepState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Check } from "../step/check.ts";
import { type Command, typeable } from "../step/command.ts";
import type { Step } from "../step/step.ts";
import { named } from "./handover-steps.ts";
import { wrapProse } from "./wrap.ts";

const COLUMNS = 78;
/** Of a database with hundreds of tables the rest is in plan.json. */
const SHOWN = 60;

/** Lines for a shell, in a block of their own. */
export const lines = (text: readonly string[]): string[] => [...fenced(text, "sh"), ""];

/** Commands as they are typed, broken where a shell allows it, under a line of prose (none when it is empty). */
export function block(says: string, commands: readonly Command[]): string[] {
  if (commands.length === 0) return [];
  const text = commands.flatMap((command) => typeable(command, COLUMNS).split("\n"));
  return [...(says === "" ? [] : [...wrapProse(says), ""]), ...lines(text)];
}

/** Every command that doing a step by hand takes: its own, those that look, and the one that tells whether it is done. */
export function allCommands(step: Step): Command[] {
  const looks = step.checks.flatMap((check) => ("inspect" in check.source ? [] : [check.source]));
  return [...step.commands, ...looks, ...(step.probe ? [step.probe] : [])];
}

const EFFECT = {
  reads: "It only reads.",
  reversible: "It can be taken back.",
  irreversible: "It cannot be taken back.",
} as const;

/** A step that is left: why, what it asks first, its exact commands, and how it is known to be done. */
export function handoverStep(step: Step, plan: Plan, state: RunState): string[] {
  const ran = state.steps.get(step.id);
  const word = ran === undefined || ran.state === "waiting" ? "" : ` (${ran.state})`;
  return [
    `### ${named(plan, step)}${word}`,
    "",
    ...wrapProse(
      `${EFFECT[step.effect]}${step.why === "" ? "" : ` Why: ${markdownText(step.why).replace(/\.$/, "")}.`}`,
    ),
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
    ...(ran?.startedAt === undefined ? [] : begun(step)),
    ...step.commands.flatMap((command, at) => commandLines(command, at, step.commands.length)),
    ...step.checks.flatMap(checkLines),
  ];
}

/** `handoverStep` for one plan that is written again and again: a step is only worded anew when its state has changed. */
export function rememberSteps(): typeof handoverStep {
  const known = new Map<Step, { ran: StepState | undefined; text: string[] }>();
  return (step, plan, state) => {
    const ran = state.steps.get(step.id);
    const before = known.get(step);
    if (before && before.ran === ran) return before.text;
    const text = handoverStep(step, plan, state);
    known.set(step, { ran, text });
    return text;
  };
}

/** What an interrupted step's probe says, and what to do about each answer. */
function begun(step: Step): string[] {
  if (step.commands.length === 0 || step.effect === "reads") return [];
  if (!step.probe)
    return [
      ...wrapProse("It was begun, and no command tells how far it came: look yourself before you run it."),
      "",
    ];
  return [
    ...block("It was begun. See first how far it came:", [step.probe]),
    ...bullets([
      "DONE: leave its commands out, make only its checks",
      "NOT DONE or PARTLY: run its commands from the first one",
      "CANNOT TELL, or an error: look yourself before you run anything",
    ]),
  ];
}

function commandLines(command: Command, at: number, of: number): string[] {
  const nth = of === 1 ? "Run:" : `Run, ${at + 1} of ${of}:`;
  const done =
    command.token === undefined
      ? "It is done only when it ends without an error (`echo $?` gives 0)."
      : `It is done only when it has printed ${markdownCode(command.token)}.`;
  return [...block(nth, [command]), ...wrapProse(done), ""];
}

function checkLines(check: Check): string[] {
  const text = "inspect" in check.source ? check.source.byHand : typeable(check.source, COLUMNS).split("\n");
  const again = check.poll ? `, until it is so, for up to ${inWords(check.poll.upToMs)}` : "";
  const shows = check.shows ?? [];
  const more = shows.length > SHOWN ? [`… and ${shows.length - SHOWN} more, in plan.json`] : [];
  return [
    ...wrapProse(`Then look${again}: ${markdownText(check.title)}`),
    "",
    ...lines(text),
    ...(shows.length === 0
      ? []
      : ["It must show:", "", ...bullets([...shows.slice(0, SHOWN).map(markdownText), ...more])]),
  ];
}

function bullets(text: readonly string[]): string[] {
  return text.length === 0 ? [] : [...text.flatMap((line) => wrapProse(line, "- ")), ""];
}
