import type { JournalEvent } from "./events.ts";

/** Time since the first opening, and the event it was measured up to. */
export interface Elapsed {
  ms: number;
  last: { at: string; mono: number } | undefined;
}

export const NOTHING_ELAPSED: Elapsed = { ms: 0, last: undefined };

/**
 * One event further. Within a process the monotonic clock counts, which nobody sets; only the time between two processes
 * is known by the wall clock alone. A note may come from a process that does not work on the run: its clock is another.
 */
export function elapse(elapsed: Elapsed, { type, at, mono }: JournalEvent): Elapsed {
  if (type === "note") return elapsed;
  const { last, ms } = elapsed;
  if (last === undefined) return { ms: 0, last: { at, mono } };
  const since = type === "run.opened" ? Date.parse(at) - Date.parse(last.at) : mono - last.mono;
  return { ms: ms + Math.max(0, since), last: { at, mono } };
}
