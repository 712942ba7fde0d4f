import { inWords } from "../base/duration.ts";
import { shellLine } from "../base/quote.ts";
import { type Command, typeable } from "../step/command.ts";
import type { Check } from "../step/check.ts";
import type { Step } from "../step/step.ts";

/** A headed part of a step's description. `exact` lines are commands: never wrapped, never shortened. */
export interface StepSection {
  heading: string;
  lines: string[];
  exact: boolean;
  /** Not needed to follow the procedure: how it is looked at by hand, taken back, limited. */
  isDetail?: true;
}

const prose = (heading: string, lines: string[]): StepSection => ({ heading, lines, exact: false });
const commands = (heading: string, list: readonly Command[]): StepSection => ({
  heading,
  lines: list.flatMap((command) => typeable(command).split("\n")),
  exact: true,
});

const detail = (section: StepSection): StepSection => ({ ...section, isDetail: true });

/** What is checked, and for how long it is asked. */
export function checkTitle({ title, poll }: Check): string {
  return poll === undefined ? title : `${title} (asked until it is so, for up to ${inWords(poll.upToMs)})`;
}

/** The command a check reads with, or how a person would look at the same thing. */
function checkLines(check: Check): string[] {
  const how = "inspect" in check.source ? check.source.byHand : typeable(check.source).split("\n");
  return [`# ${checkTitle(check)}`, ...how];
}

function limits(step: Step): string {
  const expected = step.expectedMs === undefined ? "not known yet" : `about ${inWords(step.expectedMs)}`;
  return `expected ${expected}; given up after ${inWords(step.timeoutMs)}, or ${inWords(step.silenceMs)} without output`;
}

/** "3 Create the copy". */
function titled(id: string, all: readonly Step[]): string {
  const at = all.findIndex((step) => step.id === id);
  return at < 0 ? id : `${at + 1} ${all[at]?.title}`;
}

/**
 * Everything a plan says about one step, in the order an operator asks: why, what exactly, how is it known, how back.
 * `all` are the plan's steps, to name what it waits for.
 */
export function stepSections(step: Step, all: readonly Step[]): StepSection[] {
  const sections: StepSection[] = step.why === "" ? [] : [prose("why", [step.why])];
  if (step.does === "print")
    sections.push(prose("only printed", [step.printedBecause ?? "not run in this mode"]));
  if (step.needs.length > 0)
    sections.push(prose("after", [step.needs.map((id) => titled(id, all)).join(", ")]));
  if (step.gate) sections.push(prose("asks you", [...step.gate.says, step.gate.prompt]));
  sections.push(
    step.commands.length === 0
      ? prose("commands", ["none: this step only looks or asks"])
      : commands("commands", step.commands),
  );
  if (step.checks.length > 0)
    sections.push(detail({ heading: "checked by", lines: step.checks.flatMap(checkLines), exact: true }));
  if (step.probe) sections.push(detail(commands("probe, after an interruption", [step.probe])));
  sections.push(...undoSections(step));
  if (step.optional !== undefined) sections.push(prose("may be skipped", [step.optional]));
  sections.push(detail(prose("time", [limits(step)])), detail(prose("on failure", [step.onFailure])));
  return sections;
}

function undoSections(step: Step): StepSection[] {
  const sections: StepSection[] = [];
  if (step.undo) {
    const until = step.undo.until === undefined ? "" : ` (possible until ${step.undo.until})`;
    sections.push(
      prose("undo", [step.undo.says + until]),
      detail(commands("undo commands", step.undo.commands)),
    );
  } else if (step.effect !== "reads") {
    sections.push(prose("undo", ["there is none"]));
  }
  if (step.cleanup)
    sections.push(
      prose("clean-up", [step.cleanup.says]),
      detail(commands("clean-up commands", step.cleanup.commands)),
    );
  return sections;
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, " ");

/** A command in one line for a list: a script by its text, a program that is fed something by what it is fed. */
function inOneLine({ argv, stdin }: Command): string {
  const [program = "", flag, script] = argv;
  if (program === "sh" && flag === "-c" && script !== undefined) return oneLine(script);
  return stdin === undefined ? shellLine(argv) : `${program}: ${oneLine(stdin)}`;
}

/** The one line that stands for a step in a list: its gist, its first command, or what it looks at. Not for typing. */
export function gistOf(step: Step): string {
  if (step.gist !== undefined) return step.gist;
  const [command] = step.commands;
  if (command) return inOneLine(command);
  const [check] = step.checks;
  if (!check) return step.gate?.prompt ?? "";
  if ("inspect" in check.source) return check.source.byHand[0] ?? `read in full: ${check.source.path}`;
  return inOneLine(check.source);
}

/** Sum of what is expected of the steps that run; undefined when no step has an expectation. */
export function expectedMs(steps: readonly Step[]): number | undefined {
  const known = steps.filter((step) => step.does === "run" && step.expectedMs !== undefined);
  if (known.length === 0) return undefined;
  return known.reduce((sum, step) => sum + (step.expectedMs ?? 0), 0);
}
