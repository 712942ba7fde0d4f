import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { LifeboatError, messageOf } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { CHAIN_START, link } from "./chain.ts";
import type { EventBody, JournalEvent } from "./events.ts";

export interface Clock {
  /** Wall clock. */
  now: () => Date;
  /** Monotonic milliseconds. */
  mono: () => number;
}

export interface Journal {
  /** Writes an event. `durable` (the default) returns only when it is on disk. */
  append: (body: EventBody, durable?: boolean) => JournalEvent;
  close: () => void;
}

interface Start {
  seq: number;
  prev: string;
}

/**
 * Opens a journal for appending; `after` continues an existing one (its last seq and link).
 * Outcomes may be written without waiting for the disk: the next intent is durable, and takes them along, before any
 * further effect starts. A kill -9 loses nothing either way; only power loss can, and then the probe tells.
 */
export function openJournal(
  path: string,
  clock: Clock,
  redact: (text: string) => string,
  after?: Start,
): Journal {
  if (after) dropTornLine(path);
  const fd = openSync(path, after ? "a" : "ax", 0o600);
  if (!after) keepName(path);
  let { seq, prev } = after ?? { seq: 0, prev: CHAIN_START };
  return {
    append: (body, durable = true) => {
      seq += 1;
      const stamped = { seq, at: clock.now().toISOString(), mono: Math.round(clock.mono() * 1000) / 1000 };
      const event: JournalEvent = { ...stamped, ...redactDeep(body, redact), prev };
      const line = JSON.stringify(event);
      try {
        writeWhole(fd, `${line}\n`);
        if (durable) fdatasyncSync(fd);
      } catch (error) {
        throw journalLost(path, error);
      }
      prev = link(line);
      return event;
    },
    close: () => closeSync(fd),
  };
}

/** After a power loss a new file may be whole and have no name: its folders have to be on disk too. */
function keepName(path: string): void {
  for (const folder of [dirname(path), dirname(dirname(path))]) {
    const fd = openSync(folder, "r");
    try {
      fsyncSync(fd);
    } catch {
      // Some network file systems know no sync of folders.
    } finally {
      closeSync(fd);
    }
  }
}

/** A line a killed process did not finish is no event; written on, it would take the next event down with it. */
function dropTornLine(path: string): void {
  if (!statSync(path).isFile()) return;
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf("\n") + 1;
  if (whole < bytes.length) truncateSync(path, whole);
}

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done);
}

function journalLost(path: string, error: unknown): LifeboatError {
  return new LifeboatError(
    EXIT.failed,
    {
      what: "the journal could not be written, so nothing further is started",
      where: path,
      why: messageOf(error),
      changed: "what the journal says up to its last line",
      next: "free space on that disk, then go on with: lifeboat resume; or take back what was done: lifeboat undo",
    },
    error,
  );
}

/** Redacts every string of an event, before it is escaped into JSON where a secret might look different. */
function redactDeep<T>(value: T, redact: (text: string) => string): T {
  const visit = (v: unknown): unknown => {
    if (typeof v === "string") return redact(v);
    if (Array.isArray(v)) return v.map(visit);
    if (v !== null && typeof v === "object") {
      return Object.fromEntries(Object.entries(v).map(([key, inner]) => [key, visit(inner)]));
    }
    return v;
  };
  return visit(value) as T;
}
