import type { Ran } from "../helpers/lifeboat.ts";
import type { Death } from "./die-at.ts";
import type { Way } from "./points.ts";

/** An effect that an independent eye sees, and the steps one of which must have announced it in the journal. */
export interface SeenEffect {
  what: string;
  steps: readonly string[];
}

/** Everything one point of a sweep works on, and nothing that another one does. */
export interface ChaosPlace {
  /** HOME of every process of this point; the run lies in <home>/lifeboat. */
  home: string;
  /** Arguments of the live run, with all it has to be told: backup, --confirm … */
  start: readonly string[];
  /** What resume and undo have to be told, e.g. --confirm <name>. */
  answers: readonly string[];
  lifeboat(args: readonly string[], death?: Death): Promise<Ran>;
  /** Where a complete copy of the data from before the run is; undefined when there is none. Asked after every kill. */
  wholeCopy(): Promise<string | undefined>;
  /** What the run has done so far, seen without the journal. */
  effects(): Promise<SeenEffect[]>;
  /**
   * What is wrong when it was taken to its end (resume: the backup's data live, the old kept and whole, nothing else left)
   * or back (undo: exactly the old data live, nothing left over); a line each.
   */
  wrongAtTheEnd(way: Way): Promise<string[]>;
  /** Processes that may be there at the end, by their command line: the server itself, started again by the run. */
  mayStay?: RegExp;
  /** Removes all of it. */
  clear(): Promise<void>;
}

/** A kind of store under the sweep: a server, a backup, and live data that has changed since. */
export interface ChaosStore {
  /** A fresh place; `n` differs for each, to be part of names. */
  place(n: number): Promise<ChaosPlace>;
  stop(): Promise<void>;
}
