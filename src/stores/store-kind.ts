import type { ArtifactFormat, Backup } from "../catalog/backup.ts";
import type { Place } from "../runbook/place.ts";
import type { RunbookStep } from "../runbook/runbook-schema.ts";
import type { Connection, Store, StoreKindName } from "../runbook/store-kinds/registry.ts";
import type { Check, Judge } from "../step/check.ts";
import type { Command } from "../step/command.ts";
import type { Identity } from "../step/identity.ts";
import type { Mode, Strategy } from "../step/mode.ts";
import type { Step } from "../step/step.ts";
import type { BackupMaker } from "./backup-maker.ts";
import type { FarPlace } from "./host/far-place.ts";
import type { Hint } from "./hint.ts";

/** A chosen backup, with what its first bytes and its manifest say. */
export interface BackupInput {
  backup: Backup;
  format: ArtifactFormat;
  /** First 64 kB, unpacked; of a folder the paths of its files, a line each. */
  head: Buffer;
  /** The manifest's JSON; undefined when there is none. */
  manifest: unknown;
}

/** A store as far as it is known before a plan is made. */
export interface StoreInput {
  system: string;
  /** Of the system: production, staging … */
  environment: string;
  id: string;
  store: Store;
  connection: Connection;
  backup: BackupInput | undefined;
  /** The name that is asked about: the store's own database, bucket …, or the one a runbook restores it under. */
  subject: string;
  /** What the store says about itself (`parseFacts`); undefined when it could not be asked, and why. */
  facts: unknown;
  unreachable: string | undefined;
  /** What is to be done when the way there failed (a container that does not run), not the store. */
  wayNext?: string | undefined;
  /** First line of `<program> --version` of each of the kind's client programs; "" for one that is missing. */
  clients: Readonly<Record<string, string>>;
  /** The folder the store's data lies in, when it lies where its commands run, so that its disk can be looked at. */
  localData: string | undefined;
  /** Where its commands run, when that is not this machine. */
  place?: FarPlace | undefined;
}

export interface RunNames {
  id: string;
  /** Part of the names of what this run makes. */
  tag: string;
  dir: string;
  nonce: string;
}

export interface StoreContext extends StoreInput {
  mode: Mode;
  strategy: Strategy;
  run: RunNames;
  jobs: number;
  skipSafetyCopy: boolean;
  /** How another store of the system is asked a read-only question; undefined for one that takes none. */
  ask?: (store: string, question: string) => Command | undefined;
}

export interface Expansion {
  steps: Step[];
  /** Run after everything else of the plan, e.g. removing a drill's copy. */
  last: Step[];
  /** Lines for "you keep …". */
  keeps: string[];
  /** What the operator has to know before it starts. */
  notes?: string[];
  /** Files and folders of its steps that have to be on both machines when the store's commands run on another one. */
  files?: StepFile[];
}

/** What a step leaves in the file system. */
export interface StepFile {
  step: string;
  path: string;
  isFolder: boolean;
  /**
   * `here`: the step works on the backup alone, so it is done on this machine, and what it leaves is sent where the store
   * is. `there`: a copy of the store's data that must outlive the store's host; it is brought to this machine. `before`: it
   * lies beside the backup and is read with it.
   */
  made: "here" | "there" | "before";
}

/** Finds, and ends, what a run still does at the server when Lifeboat is gone. */
export interface Sessions {
  /** Read-only: a line for each session of the run, whatever process it belonged to. */
  look(input: StoreInput, run: string): Command;
  end(input: StoreInput, run: string): Command;
}

/** A running server of the store, as /proc shows it. */
export interface ServerProcess {
  /** What its program is called there, as a pattern of sh: "postgres*". */
  program: string;
  /** Its process, where the server says which it is. */
  pid?: number | undefined;
  /** File in the data folder that names it, by the first number in it, and a line it must have. */
  pidFile?: string;
  pidFileLine?: string;
}

/** A lock at the store itself, where it can hold one; without it two machines are kept apart by nothing. */
export interface StoreLock {
  /** Takes the lock, says so in its first line, and keeps it while its standard input is open. */
  command(input: StoreInput, name: string, run: string, takeOver: boolean): Command;
  /** Who holds it, by that first line; undefined when the session got it. */
  holder(firstLine: string): string | undefined;
}

/** One kind of store. Pure: it makes commands and reads what they printed; it runs nothing. */
export interface StoreKind {
  kind: StoreKindName;
  /** Hosts it goes to by itself: its commands say where they run, because not all of them run at the host. */
  reaches?(place: Place): boolean;
  /** Programs whose versions are asked while planning; where several can do the work, which are there decides. */
  clients: readonly string[];
  factsCommand(input: StoreInput): Command;
  parseFacts(stdout: string): unknown;
  identity(facts: unknown): Identity;
  /** Parts of the identity that a restore by Lifeboat itself changes, e.g. the oid of the database. */
  changedByRestore: readonly string[];
  describe(facts: unknown): string;
  /** Whether these are the facts of a server that runs; without it they always are. Some can be restored while stopped. */
  runs?(facts: unknown): boolean;
  /** The folder the data lies in, as the server says it. */
  dataFolder?(facts: unknown): string | undefined;
  /** How a process of its server is told from others; without it a folder of that name is believed to be the server's. */
  server?(input: StoreInput): ServerProcess;
  /** Facts of a store in a simulated world, for certifying a runbook without a server, and the format of its backup. */
  simulatedFacts(name: string): unknown;
  simulatedFormat: ArtifactFormat;
  sessions?: Sessions;
  lock?: StoreLock;
  /** The name typed at gates. */
  target(input: StoreInput, step: RunbookStep | undefined): string;
  /** The name that receives the data. */
  writesTo(context: StoreContext, step: RunbookStep | undefined): string;
  expand(step: RunbookStep, context: StoreContext): Expansion;
  /** A URL of `from` with `to` in its place, for commands that a drill runs on the scratch copy; undefined for anything else. */
  redirected?(value: string, from: string, to: string): string | undefined;
  backups: BackupMaker;
  judges: Readonly<Record<string, Judge>>;
  /** What a person has to see where one of the judges would be green, a line each. */
  mustShow(check: Check): string[];
  /** What its programs' words most likely mean. */
  hints: readonly Hint[];
}
