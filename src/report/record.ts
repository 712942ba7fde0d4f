import { inWords } from "../base/duration.ts";
import { fenced, markdownCode, markdownText } from "../base/markdown.ts";
import { shellWord } from "../base/quote.ts";
import { count, counted } from "../base/size.ts";
import type { JournalEvent } from "../journal/events.ts";
import type { ReportInput } from "./input.ts";
import { chainScript } from "./chain-script.ts";
import { instant, only, stepName } from "./words.ts";

type Started = Extract<JournalEvent, { type: "command.started" }>;
type Ended = Extract<JournalEvent, { type: "command.ended" }>;

/** Every command that was started, whole, with how it ended. */
export function commandSection({ plan, events }: ReportInput): string[] {
  const lines: string[] = [];
  for (const [at, event] of events.entries()) {
    if (event.type !== "command.started") continue;
    const end = endOf(event, events.slice(at + 1));
    lines.push(`${instant(event.at)}, ${markdownText(stepName(plan, event.step))}, ${outcome(end)}:`, "");
    lines.push(...fenced(event.line.split("\n"), "sh"), "");
  }
  return ["## Commands run", "", ...(lines.length === 0 ? ["None was recorded.", ""] : lines)];
}

function endOf(started: Started, later: readonly JournalEvent[]): Ended | undefined {
  for (const event of later) {
    if (event.type === "run.opened") return undefined;
    if (event.type !== "command.started" && event.type !== "command.ended") continue;
    if (event.step !== started.step || event.index !== started.index) continue;
    return event.type === "command.ended" ? event : undefined;
  }
  return undefined;
}

function outcome(end: Ended | undefined): string {
  if (!end) return "**no outcome recorded**";
  const how = end.exit === null ? `ended by ${end.signal ?? "a stop before it began"}` : `exit ${end.exit}`;
  return `${how} after ${inWords(end.ms)}`;
}

/** The newest sum of every output file: that of the whole file, whatever number of attempts it holds. */
function outputs(events: readonly JournalEvent[]) {
  const byFile = new Map(
    only(events, "step.ended").flatMap((event) => (event.output ? [[event.output.file, event.output]] : [])),
  );
  return [...byFile.values()];
}

export function fileSection({ events, folder, plan, after }: ReportInput): string[] {
  const files = outputs(events);
  const sums = files.map(({ file, sha256 }) => `${sha256}  ${file}`);
  return [
    "## Files, and how to check them",
    "",
    `- folder: ${markdownCode(folder)}`,
    `- journal: ${markdownCode("journal.jsonl")}, ${counted(events.length, "line")}, the only truth about this run`,
    ...(after === undefined ? [] : [anchorLine(after)]),
    ...files.map(
      ({ file, lines, bytes, sha256 }) =>
        `- ${markdownCode(file)}: ${counted(lines, "line")}, ${counted(bytes, "byte")}, sha256 ${markdownCode(sha256)}`,
    ),
    "",
    "With Lifeboat:",
    "",
    ...fenced([`lifeboat transcript verify ${plan.run}`], "sh"),
    "",
    "Without it: every line of the journal holds the sha256 of the line before. This prints the sum of the last line, or the number of the first line that does not fit.",
    "",
    ...fenced([`cd ${shellWord(folder)}`, ...chainScript()], "sh"),
    "",
    ...(sums.length === 0
      ? []
      : [
          "The captured output, in the same folder:",
          "",
          ...fenced(["sha256sum -c <<'END'", ...sums, "END"], "sh"),
          "",
        ]),
  ];
}

const ANCHOR = /^- the journal ended with line ([\d,]+), sha256 `([0-9a-f]{64})`$/gm;

function anchorLine({ seq, prev }: { seq: number; prev: string }): string {
  return `- the journal ended with line ${count(seq)}, sha256 \`${prev}\``;
}

/** Where a report says the journal ended when it was written: vouches for the last line. */
export function anchorIn(report: string): { seq: number; prev: string } | undefined {
  // The last one: a command in a block further up could print the like.
  const [, seq, prev] = [...report.matchAll(ANCHOR)].at(-1) ?? [];
  return seq === undefined || prev === undefined ? undefined : { seq: Number(seq.replaceAll(",", "")), prev };
}
