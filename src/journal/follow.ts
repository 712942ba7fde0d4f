import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { journalEventSchema, type JournalEvent } from "./events.ts";

const EVERY_MS = 200;

/**
 * Follows a journal that another process writes, from its first line on. Only whole lines are read; the chain is not
 * checked here (`lifeboat transcript verify` does). Returns the function that stops it.
 */
export function followJournal(path: string, onEvent: (event: JournalEvent) => void): () => void {
  const fd = openSync(path, "r");
  let offset = 0;
  let rest = "";
  const look = (): void => {
    const size = fstatSync(fd).size;
    const bytes = Buffer.alloc(Math.max(0, size - offset));
    offset += readSync(fd, bytes, 0, bytes.length, offset);
    const lines = (rest + bytes.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const parsed = journalEventSchema.safeParse(JSON.parse(line));
      if (parsed.success) onEvent(parsed.data as JournalEvent);
    }
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    closeSync(fd);
  };
}
