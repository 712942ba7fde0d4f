import type { ComposeProject, Cluster, Engine } from "../step/hop.ts";
import type { Unit } from "./unit.ts";

/** What a services step does, and `wait`, which only looks. */
export const VERBS = ["stop", "start", "restart", "up", "down", "wait"] as const;
export type Verb = (typeof VERBS)[number];

/** What is controlled, and how it is named to the program that does it. */
export interface Target {
  /** Empty: all services of a compose project. */
  names: readonly string[];
  compose?: ComposeProject | undefined;
  cluster?: Cluster | undefined;
  engine?: Engine | undefined;
  /** Seconds a service gets to end by itself; default: as its manager has it. */
  graceSeconds?: number | undefined;
  /** `up` may make containers anew whose settings have changed. */
  recreate?: boolean | undefined;
  /** For a start without a record, where the manager counts. */
  replicas?: number | undefined;
  /** Records of earlier stops, the newest last. */
  stops: readonly string[];
  /** pm2: the ecosystem file that a start reads, and its environment. */
  file?: string | undefined;
  environment?: string | undefined;
  /** Part of the names of what this run leaves at an object. */
  tag: string;
}

/**
 * One way to control services. Everything is text for a POSIX shell, in which "$@" are the names it is about and $record
 * is the file where `look` was written down before anything was changed.
 */
export interface Manager {
  /** What people call it. */
  words: string;
  /**
   * Body of a function that prints one line for each unit: its name, `up` or `down`, its state, what changes with each
   * start, then key=value. It fails where its program fails.
   */
  look(target: Target): string;
  /** Prints all names there are, where a step may mean them all. */
  all?(target: Target): string;
  /** What else is asked before anything is done; prints `known <name>`, `runs <project> <service> <files>`, `says <text>`, `refuse <text>`, `unsure <text>`. */
  before?(target: Target, verb: Verb): string;
  /** Shell text that does it to "$@", never called with none. */
  act(target: Target, verb: Verb): string;
  /** The same as a program and its words, where that is all it is: the plainest thing a person can type. */
  argv?(target: Target, verb: Verb, names: readonly string[]): string[] | undefined;
  /** Puts the units "$@" back to how $record has them, after this verb; default: they are started, or stopped. */
  back?(target: Target, verb: Verb): string;
  /**
   * Where a stop goes on by itself after its client was cut off: body of a function that prints how many seconds it may
   * take for "$@". Units that are started meanwhile are stopped all the same.
   */
  lingers?(target: Target): string;
  /** What shows a unit's own words, for typing. */
  logs(name: string): string;
  /** Why a unit in this state will never run as it should, however long one waits. */
  hopeless(unit: Unit): string | undefined;
  /** Environment variable → vault key, of the program itself. */
  secrets(target: Target): Record<string, string>;
}
