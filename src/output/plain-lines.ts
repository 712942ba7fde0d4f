import { counted } from "../base/size.ts";
import { format } from "date-fns/format";
import { clean, cleanLines } from "../base/clean.ts";
import { inWords } from "../base/duration.ts";
import type { JournalEvent, Waiting } from "../journal/events.ts";
import type { Tail } from "../journal/feed.ts";
import { recoveryWords } from "../journal/recovery-words.ts";
import { checkInWords } from "../journal/result-rows.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { typeable } from "../step/command.ts";
import { MODE_WORD } from "../step/mode.ts";
import type { Beat } from "./heartbeat.ts";

const TAIL_SHOWN = 15;

type Of<T extends JournalEvent["type"]> = Extract<JournalEvent, { type: T }>;

/** "8/8 Swap"; "undo of 8/8 Swap" for what is taken back. */
function titled(plan: Plan, id: string): string {
  const [, what, own = id] = /^(undo|cleanup) (.*)$/.exec(id) ?? [];
  const at = plan.steps.findIndex((step) => step.id === own);
  if (at < 0) return clean(id);
  const name = `${at + 1}/${plan.steps.length} ${clean(plan.steps[at]?.title ?? own)}`;
  return what === undefined ? name : `${what === "undo" ? "undo" : "clean-up"} of ${name}`;
}

function gateLines(event: Of<"gate.opened">): string[] {
  const { gate } = event;
  const flag = gate.flag === undefined ? [] : [`without a terminal: ${gate.flag}`];
  return [...gate.says, gate.prompt, ...flag].map((line) => `  ${clean(line)}`);
}

/** "  why: first line", the others below it. */
function labelled(label: string, text: string): string[] {
  return cleanLines(text).map((line, at) => (at === 0 ? `  ${label}: ${line}` : `    ${line}`));
}

function endedLines(event: Of<"step.ended">, tail: Tail | undefined): string[] {
  const open = event.checks.filter((check) => check.result !== "pass");
  const lines = open.flatMap((check) => labelled(check.result, checkInWords(check)));
  if (event.error) {
    const { what, why, next } = event.error;
    lines.push(...labelled("what", what));
    if (why !== undefined) lines.push(...labelled("why", why));
    if (next !== undefined) lines.push(...labelled("next", next));
  }
  if (event.result !== "failed" || !tail) return lines;
  const shown = tail.lines.slice(-TAIL_SHOWN);
  const file = event.output === undefined ? "" : `, all of it in ${clean(event.output.file)}`;
  return [
    ...lines,
    `  last ${shown.length} of ${tail.total} lines of output${file}:`,
    ...shown.map((line) => `  | ${clean(line)}`),
  ];
}

/** Pure: the lines one journal event becomes. Events that matter only to machines give none. */
export function plainLines(event: JournalEvent, plan: Plan, tail: Tail | undefined): string[] {
  const head = (word: string): string => `${stamp(event.at)} ${MODE_WORD[plan.mode]} ${word.padEnd(9)}`;
  switch (event.type) {
    case "run.opened":
      return [
        `${head("opened")} ${event.system} / ${event.runbook}, ${counted(plan.steps.length, "step")}, run ${event.run}`,
      ];
    case "gate.opened":
      return [
        `${head("gate")} ${event.step === null ? "the plan" : titled(plan, event.step)}`,
        ...gateLines(event),
      ];
    case "gate.answered":
      return [
        `${head(event.answer)} ${how(event)}${event.note === undefined ? "" : `: ${clean(event.note)}`}`,
      ];
    case "step.started":
      return [`${head("running")} ${titled(plan, event.step)}`];
    case "step.ended":
      if (event.result === "printed") return printedLines(head("printed"), event.step, plan);
      return [
        `${head(event.result)} ${titled(plan, event.step)}  ${inWords(event.ms)}`,
        ...endedLines(event, tail),
      ];
    case "deviation":
      return [`${head("deviation")} ${clean(event.what)}, because: ${clean(event.because)}`];
    case "note":
      return [`${head("note")} ${clean(event.by)}: ${clean(event.text)}`];
    case "kept.removed":
      return [`${head("removed")} ${clean(event.name)}`];
    case "run.ended":
      return [`${head("ended")} ${event.word}`];
    case "probe.answered":
    case "decision.opened":
    case "decision.made":
    case "differences.accepted":
    case "lock.taken-over": {
      const { word, text, more } = recoveryWords(event, "step" in event ? titled(plan, event.step) : "");
      return [`${head(word)} ${clean(text)}`, ...more.map((line) => `  ${clean(line)}`)];
    }
    case "identity.read":
    case "command.spawned":
    case "command.started":
    case "command.ended":
      return [];
  }
}

/** A step this mode does not run: why not, and each command as it would be typed. */
function printedLines(head: string, id: string, plan: Plan): string[] {
  const step = plan.steps.find((one) => one.id === id);
  const because = step?.printedBecause === undefined ? "" : `  (${step.printedBecause})`;
  const commands = (step?.commands ?? []).flatMap((command) => `$ ${typeable(command)}`.split("\n"));
  return [`${head} ${titled(plan, id)}${because}`, ...commands.map((line) => `  | ${clean(line)}`)];
}

function how(event: Of<"gate.answered">): string {
  return { typed: "at the keyboard", flag: "by a flag", nobody: "nobody was there to ask" }[event.how];
}

/** "still running: Restore beside, 1 min 30 s, last output 3 s ago". */
export function beatLine(beat: Beat, plan: Plan, now: Date): string {
  const said = beat.silentMs === undefined ? "no output yet" : `last output ${inWords(beat.silentMs)} ago`;
  const progress = beat.progress === undefined ? "" : `, ${clean(beat.progress)}`;
  const head = `${stamp(now.toISOString())} ${MODE_WORD[plan.mode]} ${"running".padEnd(9)}`;
  return `${head} still running: ${titled(plan, beat.step)}, ${inWords(beat.ms)}${progress}, ${said}`;
}

/** "waiting   3/9 Health: for postgres to be healthy: starting (12 s)". */
export function waitingLine({ step, words }: Waiting, plan: Plan, now: Date): string {
  const head = `${stamp(now.toISOString())} ${MODE_WORD[plan.mode]} ${"waiting".padEnd(9)}`;
  return `${head} ${titled(plan, step)}: ${clean(words.replace(/^waiting for /, "for "))}`;
}

/** Wall clock of the reader's own time zone. */
function stamp(iso: string): string {
  return format(new Date(iso), "HH:mm:ss");
}
