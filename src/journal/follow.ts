import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { journalEventSchema, type JournalEvent } from "./events.ts";

const EVERY_MS = 200;
const NEWLINE = 10;

export interface Following {
  stop: () => void;
}

/**
 * Follows a journal that another process writes, from its first line on. Only whole lines are read; the chain is not
 * checked here (`lifeboat transcript verify` does), and a line that is no event is left out. `onCaughtUp` is called each
 * time everything that is there has been told: what an event means may depend on the ones behind it.
 */
export function followJournal(
  path: string,
  onEvent: (event: JournalEvent) => void,
  onCaughtUp: () => void = () => undefined,
): Following {
  const fd = openSync(path, "r");
  let offset = 0;
  // Bytes, not text: what is there may end in the middle of a character.
  let rest = Buffer.alloc(0);
  const look = (): void => {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(fd).size - offset));
    const got = readSync(fd, bytes, 0, bytes.length, offset);
    offset += got;
    rest = Buffer.concat([rest, bytes.subarray(0, got)]);
    const whole = rest.lastIndexOf(NEWLINE) + 1;
    const lines = rest.subarray(0, whole).toString("utf8").split("\n").slice(0, -1);
    rest = Buffer.from(rest.subarray(whole));
    for (const event of lines.flatMap(parse)) onEvent(event);
    onCaughtUp();
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      closeSync(fd);
    },
  };
}

function parse(line: string): JournalEvent[] {
  try {
    const parsed = journalEventSchema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data as JournalEvent] : [];
  } catch {
    return [];
  }
}
