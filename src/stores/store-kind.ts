import type { ArtifactFormat, Backup } from "../catalog/backup.ts";
import type { Connection } from "../runbook/connection.ts";
import type { RunbookStep } from "../runbook/runbook-schema.ts";
import type { Store } from "../runbook/system-schema.ts";
import type { Check, Judge } from "../step/check.ts";
import type { Command } from "../step/command.ts";
import type { Identity } from "../step/identity.ts";
import type { Mode, Strategy } from "../step/mode.ts";
import type { Step } from "../step/step.ts";

/** A chosen backup, with what its first bytes and its manifest say. */
export interface BackupInput {
  backup: Backup;
  format: ArtifactFormat;
  /** First 64 kB, unpacked. */
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
  /** The database that is asked about: the store's own, or the name a runbook restores it under. */
  subject: string;
  /** What the store says about itself (`parseFacts`); undefined when it could not be asked, and why. */
  facts: unknown;
  unreachable: string | undefined;
  /** First line of `<client> --version` of the client program this store is spoken to with; "" when missing. */
  clientVersion: string;
  /** The data folder exists on this machine, so its disk can be looked at. */
  dataIsLocal: boolean;
}

export interface RunNames {
  id: string;
  /** Part of the names of databases this run makes. */
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
}

export interface Expansion {
  steps: Step[];
  /** Run after everything else of the plan, e.g. removing a drill's copy. */
  last: Step[];
  /** Lines for "you keep …". */
  keeps: string[];
  /** What the operator has to know before it starts. */
  notes?: string[];
}

/** One kind of store. Pure: it makes commands and reads what they printed; it runs nothing. */
export interface StoreKind {
  kind: Store["kind"];
  /** The program whose version is asked for planning. */
  client: string;
  factsCommand(input: StoreInput): Command;
  parseFacts(stdout: string): unknown;
  identity(facts: unknown): Identity;
  describe(facts: unknown): string;
  /** Facts of a store in a simulated world, for certifying a runbook without a server. */
  simulatedFacts(name: string): unknown;
  /** Read-only: a line for each session that a run still has at the server, whatever process it belonged to. */
  sessionsCommand(input: StoreInput, run: string): Command;
  /** Ends those sessions. */
  endSessionsCommand(input: StoreInput, run: string): Command;
  /** A session that takes the store's lock, says so in its first line, and keeps it while its standard input is open. */
  lockCommand(input: StoreInput, name: string, run: string, takeOver: boolean): Command;
  /** Who holds the lock, by that first line; undefined when the session got it. */
  lockHolder(firstLine: string): string | undefined;
  /** The name typed at gates. */
  target(input: StoreInput, step: RunbookStep | undefined): string;
  /** The name that receives the data. */
  writesTo(context: StoreContext, step: RunbookStep | undefined): string;
  expand(step: RunbookStep, context: StoreContext): Expansion;
  judges: Readonly<Record<string, Judge>>;
  /** What a person has to see where one of the judges would be green, a line each. */
  mustShow(check: Check): string[];
}
