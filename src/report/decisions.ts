import { inWords } from "../base/duration.ts";
import { fenced, markdownLines, markdownTable, markdownText } from "../base/markdown.ts";
import type { JournalEvent } from "../journal/events.ts";
import { stands } from "../journal/run-facts.ts";
import { typeable } from "../step/command.ts";
import type { ReportInput } from "./input.ts";
import { cleanupCommand } from "./steps.ts";
import { ANSWERED_HOW, instant, only, stepName } from "./words.ts";

type GateOpened = Extract<JournalEvent, { type: "gate.opened" }>;

/** What was done otherwise than planned, each with its reason. */
export function deviationSection({ plan, events }: ReportInput): string[] {
  const found = only(events, "deviation");
  if (found.length === 0) return ["## Deviations", "", "None.", ""];
  const lines = found.map(
    ({ at, step, what, because }) =>
      `- ${instant(at)}, ${markdownText(stepName(plan, step))}: ${markdownLines(what)}, because: ${markdownLines(because)}`,
  );
  return ["## Deviations", "", ...lines, ""];
}

/** Who let what through, how and when. */
export function gateSection({ plan, events }: ReportInput): string[] {
  const rows: string[][] = [];
  // Stores are restored side by side, so several gates may wait at once.
  const open = new Map<string | null, GateOpened>();
  let operator = "";
  const row = (gate: GateOpened, when: string, answer: string, how: string): void =>
    void rows.push([stepName(plan, gate.step), gate.gate.prompt, when, answer, how].map(markdownLines));
  for (const event of events) {
    if (event.type === "run.opened") operator = `${event.operator} on ${event.machine}`;
    if (event.type === "gate.opened") {
      const before = open.get(event.step);
      if (before) row(before, instant(before.at), "no answer", "");
      open.set(event.step, event);
    }
    const asked = event.type === "gate.answered" ? open.get(event.step) : undefined;
    if (event.type !== "gate.answered" || !asked) continue;
    open.delete(event.step);
    const waited = inWords(event.mono - asked.mono);
    const by = event.how === "nobody" ? ANSWERED_HOW.nobody : `${operator}, ${ANSWERED_HOW[event.how]}`;
    const note = event.note === undefined ? "" : `: ${event.note}`;
    row(asked, `${instant(event.at)}, after ${waited}`, event.answer + note, by);
  }
  for (const gate of open.values()) row(gate, instant(gate.at), "no answer", "");
  if (rows.length === 0) return ["## Gates", "", "None was reached.", ""];
  return ["## Gates", "", ...markdownTable(["step", "asked", "when", "answer", "who and how"], rows)];
}

/** What this run left on purpose, and how it is removed. */
export function keptSection({ plan, state, events }: ReportInput): string[] {
  const kept = plan.steps.filter((step) => step.cleanup && stands(state, step.id));
  const removed = only(events, "kept.removed").map(
    (event) => `- removed ${instant(event.at)}: ${markdownText(event.name)}`,
  );
  if (kept.length === 0) return ["## Kept", "", ...removed, ...(removed.length > 0 ? [] : ["Nothing."]), ""];
  const commands = kept.flatMap((step) => step.cleanup?.commands ?? []);
  return [
    "## Kept",
    "",
    ...kept.map(
      (step) => `- ${markdownText(step.cleanup?.expect ?? "")}: ${markdownText(step.cleanup?.says ?? "")}`,
    ),
    ...removed,
    "",
    "To remove it when it is not needed any more, or the same by hand:",
    "",
    ...fenced(
      [cleanupCommand(plan), "", ...commands.flatMap((command) => typeable(command).split("\n"))],
      "sh",
    ),
    "",
  ];
}
