import { readFileSync } from "node:fs";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { CHAIN_START, link } from "./chain.ts";
import { journalEventSchema, type JournalEvent } from "./events.ts";

export interface JournalReading {
  events: JournalEvent[];
  /** The last line was not written to its end; it is no event. */
  torn: boolean;
  /** The first line (from 1) that breaks the chain or cannot be read, and why. */
  broken: { line: number; why: string } | undefined;
  /** Where appending would go on. */
  after: { seq: number; prev: string };
}

/** Reads a journal and checks its chain. Stops at the first broken line: what follows it proves nothing. */
export function readJournal(path: string): JournalReading {
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n");
  const torn = lines.pop() !== "";
  const reading: JournalReading = {
    events: [],
    torn,
    broken: undefined,
    after: { seq: 0, prev: CHAIN_START },
  };
  for (const [index, line] of lines.entries()) {
    const why = take(line, reading);
    if (why !== undefined) {
      reading.broken = { line: index + 1, why };
      break;
    }
  }
  return reading;
}

function take(line: string, reading: JournalReading): string | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return "it is not JSON";
  }
  const head = raw as { type?: unknown; version?: unknown } | null;
  const isFirst = reading.events.length === 0;
  // A run taken up again by another Lifeboat says its version in a later opening.
  if ((isFirst || head?.type === "run.opened") && head?.version !== undefined && head.version !== 1)
    throw otherVersion(head.version);
  const parsed = journalEventSchema.safeParse(raw);
  if (!parsed.success)
    return `it is not an event this version knows (${parsed.error.issues[0]?.message ?? "unknown"})`;
  const event = parsed.data;
  if (event.seq !== reading.after.seq + 1)
    return `its number is ${event.seq}, ${reading.after.seq + 1} was expected`;
  if (event.prev !== reading.after.prev)
    return `line ${reading.after.seq} or this one was changed: the chain does not meet`;
  reading.events.push(event as JournalEvent);
  reading.after = { seq: event.seq, prev: link(line) };
  return undefined;
}

function otherVersion(version: unknown): LifeboatError {
  return new LifeboatError(EXIT.usage, {
    what: `this journal has format version ${JSON.stringify(version)}, this Lifeboat reads version 1`,
    next: "use the Lifeboat that wrote it",
  });
}
