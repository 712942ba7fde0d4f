import { clean } from "../base/clean.ts";
import { inWords } from "../base/duration.ts";
import { count, counted } from "../base/size.ts";
import type { JournalEvent } from "../journal/events.ts";
import { recoveryWords } from "../journal/recovery-words.ts";
import type { JournalReading } from "../journal/read.ts";
import { identityInWords } from "../step/identity.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { ANSWERED_HOW, instant, stepName } from "./words.ts";

export { verifyTranscript } from "./verify-transcript.ts";

/** The journal as a person reads it: one line an event, with its time and the file that holds the output. */
export function transcriptLines(
  plan: Plan,
  reading: Pick<JournalReading, "events" | "torn" | "broken">,
): string[] {
  const lines = reading.events.map(
    (event) => `${instant(event.at)}  ${clean(words(event, plan).replaceAll("\n", " ⏎ "))}`,
  );
  if (reading.broken)
    lines.push(`line ${reading.broken.line} is broken, and nothing after it is shown: ${reading.broken.why}`);
  else if (reading.torn)
    lines.push("the last line was not written to its end: the process was killed while it wrote");
  return lines;
}

function words(event: JournalEvent, plan: Plan): string {
  switch (event.type) {
    case "run.opened":
      return `opened     ${event.mode} ${event.system} / ${event.runbook} by ${event.operator} on ${event.machine}, process ${event.pid}`;
    case "identity.read":
      return `identity   ${event.store}, ${event.when}: ${identityInWords(event.identity)}`;
    case "gate.opened":
      return `gate       ${stepName(plan, event.step)}: ${event.gate.prompt}`;
    case "gate.answered":
      return `${event.answer.padEnd(9)}  ${stepName(plan, event.step)}, ${ANSWERED_HOW[event.how]}${event.note === undefined ? "" : `: ${event.note}`}`;
    case "step.started":
      return `started    ${stepName(plan, event.step)}${event.attempt > 1 ? `, attempt ${event.attempt}` : ""}`;
    case "command.started":
      return `command    ${event.line}`;
    case "command.ended":
      return `           ${event.exit === null ? `ended by ${event.signal ?? "a stop before it began"}` : `exit ${event.exit}`} after ${inWords(event.ms)}`;
    case "step.ended":
      return `${event.result.padEnd(9)}  ${stepName(plan, event.step)}${stepEnd(event)}`;
    case "command.spawned":
      return `           process ${event.pid}`;
    case "probe.answered":
    case "decision.opened":
    case "decision.made":
    case "differences.accepted":
    case "lock.taken-over": {
      const step = "step" in event ? stepName(plan, event.step) : "";
      const { word, text, more } = recoveryWords(event, step);
      return [`${word.padEnd(9)}  ${text}`, ...more].join("; ");
    }
    case "deviation":
      return `deviation  ${stepName(plan, event.step)}: ${event.what}, because: ${event.because}`;
    case "note":
      return `note       ${event.by}: ${event.text}`;
    case "kept.removed":
      return `removed    ${event.name}`;
    case "run.ended":
      return `ended      ${event.word}, exit ${event.exit}`;
  }
}

function stepEnd(event: Extract<JournalEvent, { type: "step.ended" }>): string {
  const failed = event.checks.filter((check) => check.result === "fail").length;
  return [
    event.result === "printed" ? "" : ` after ${inWords(event.ms)}`,
    event.checks.length === 0
      ? ""
      : `, ${count(event.checks.length - failed)} of ${count(event.checks.length)} checks without a fault`,
    event.error === undefined ? "" : `: ${event.error.what}`,
    event.output === undefined ? "" : `  [${event.output.file}, ${counted(event.output.lines, "line")}]`,
  ].join("");
}
