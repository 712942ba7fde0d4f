import type { Journal } from "../journal/append.ts";
import type { JournalEvent } from "../journal/events.ts";

/** The engine's simulated death. */
export class Killed extends Error {}

export interface MortalJournal extends Journal {
  events: JournalEvent[];
}

/**
 * A journal in memory whose writer dies at the `at`-th line of this life: before it is written, or right after. Everything
 * that is tried after death fails as well.
 */
export function mortalJournal(
  before: readonly JournalEvent[],
  at: number,
  half: "before" | "after",
  onDeath: () => void,
): MortalJournal {
  const events = [...before];
  let written = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    onDeath();
    throw new Killed("killed");
  };
  return {
    events,
    append: (body) => {
      if (dead) throw new Killed("dead");
      written += 1;
      if (written === at && half === "before") die();
      const stamped = { seq: events.length + 1, at: new Date(0).toISOString(), mono: events.length };
      const event: JournalEvent = { ...stamped, ...body, prev: "" };
      events.push(event);
      if (written === at) die();
      return event;
    },
    close: () => undefined,
  };
}
