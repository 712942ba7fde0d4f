import { count, counted } from "../base/size.ts";
import type { JournalEvent } from "../journal/events.ts";
import { isOtherPlan } from "../journal/plan-file.ts";
import type { JournalReading } from "../journal/read.ts";

/** sha256 of a file of the run's folder, of its first `bytes` only when given; undefined when there is no such (much) file. */
export type FileSum = (file: string, bytes?: number) => string | undefined | Promise<string | undefined>;

interface Verified {
  ok: boolean;
  lines: string[];
}

/**
 * Checks a journal against itself, against the output files it sums up and, when a report says where the journal ended
 * (`anchor`), against that: only the anchor vouches for the last line, which no other line holds the sum of.
 */
export async function verifyTranscript(
  reading: JournalReading,
  sum: FileSum,
  anchor?: { seq: number; prev: string },
): Promise<Verified> {
  const problems = [...chainProblems(reading), ...anchorProblems(reading, anchor)];
  const files = await outputProblems(reading.events, sum);
  const planSum = await sum("plan.json");
  if (isOtherPlan(reading.events, () => planSum))
    problems.push("plan.json was changed: it is not the one this run was opened with");
  const lines = [
    ...problems,
    ...files.problems,
    ...(reading.torn
      ? ["the last line was not written to its end (the process was killed while it wrote); it is no event"]
      : []),
    ...files.notes,
  ];
  if (problems.length + files.problems.length > 0) return { ok: false, lines };
  const vouched = anchor ? "the report vouches for its end" : "nothing but itself vouches for its last line";
  const { seq, prev } = reading.after;
  const sums = `${count(files.checked)} output sums agree`;
  return {
    ok: true,
    lines: [
      ...lines,
      `the chain holds: ${counted(seq, "line")}, ${sums}, ${vouched}`,
      `sha256 of the last line: ${prev}`,
    ],
  };
}

function chainProblems({ events, broken }: JournalReading): string[] {
  if (broken)
    return [`line ${broken.line} is broken: ${broken.why}; nothing from there on is proof of anything`];
  return events.length === 0 ? ["the journal holds no event"] : [];
}

function anchorProblems(
  reading: JournalReading,
  anchor: { seq: number; prev: string } | undefined,
): string[] {
  if (!anchor || anchor.seq === 0) return [];
  const { seq, prev } = reading.after;
  if (seq < anchor.seq)
    return reading.broken
      ? []
      : [
          `lines are missing at the end: the report says that there were ${count(anchor.seq)}, there are ${count(seq)}`,
        ];
  const found = seq === anchor.seq ? prev : reading.events[anchor.seq]?.prev;
  return found === anchor.prev ? [] : [`line ${anchor.seq} is not the one the report was written from`];
}

interface Outputs {
  problems: string[];
  notes: string[];
  checked: number;
}

async function outputProblems(events: readonly JournalEvent[], sum: FileSum): Promise<Outputs> {
  const found: Outputs = { problems: [], notes: [], checked: 0 };
  const newest = new Map<string, JournalEvent>();
  for (const event of events)
    if (event.type === "step.ended" && event.output) newest.set(event.output.file, event);
  for (const event of events) {
    if (event.type !== "step.ended" || !event.output) continue;
    const { file, sha256, bytes } = event.output;
    found.checked += 1;
    const isNewest = newest.get(file) === event;
    if (isNewest && (await sum(file)) === sha256) continue;
    const start = await sum(file, bytes);
    if (start === undefined) found.problems.push(`${file} is missing or shorter than line ${event.seq} says`);
    else if (start !== sha256)
      found.problems.push(`${file} was changed: it is not what line ${event.seq} says`);
    else if (isNewest && !begunAfter(events, event))
      found.problems.push(`${file} was added to after line ${event.seq}, which sums it up`);
    else if (isNewest) found.notes.push(`${file}: its last part is of an attempt that has no outcome`);
  }
  return found;
}

/** A later attempt writes on in the same file. */
function begunAfter(
  events: readonly JournalEvent[],
  ended: Extract<JournalEvent, { type: "step.ended" }>,
): boolean {
  return events.some(
    (event) => event.seq > ended.seq && event.type === "step.started" && event.step === ended.step,
  );
}
