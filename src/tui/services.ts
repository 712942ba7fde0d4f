import type { DecisionChoice, ProbeAnswer } from "../journal/recovery-events.ts";
import type { RunFeed } from "../journal/feed.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Mode, Strategy } from "../step/mode.ts";

/** One line of the home screen. */
export interface SystemRow {
  name: string;
  title: string;
  /** Why its system.yaml cannot be used; such a row can be read but not chosen. */
  problem?: string;
  newestBackup?: Date;
  rpoMs?: number;
  /** undefined when there is no objective or no backup to compare. */
  rpoMet?: boolean;
  lastDrill?: { at: Date; passed: boolean };
  runbooks: RunbookRow[];
}

export interface RunbookRow {
  name: string;
  title: string;
  scenario: string;
  steps: number;
  rtoMs?: number;
}

export interface UnfinishedRun {
  run: string;
  mode: Mode;
  system: string;
  runbook: string;
  stoppedAt: Date;
  step: number;
  steps: number;
}

export interface BackupRow {
  id: string;
  time: Date;
  tier?: string;
  bytes: number;
  hasManifest: boolean;
  /** When it was last read in full and found good. */
  verifiedAt?: Date;
  remarks: string[];
}

/** A store that the runbook restores or verifies, and the backups of it that were found, newest first. */
export interface StoreBackups {
  store: string;
  backups: BackupRow[];
}

export interface GateAnswer {
  answer: "confirmed" | "refused";
  note?: string;
}

/** The answer to `RunState.decision`. `edited` goes with edit, `because` with everything that deviates. */
export interface DecisionAnswer {
  choice: DecisionChoice;
  because?: string;
  edited?: string;
}

/** What resuming an interrupted run would mean; nothing has been changed yet. */
export interface ResumeOffer {
  run: string;
  plan: Plan;
  /** Where it stands, a line each. */
  stands: string[];
  /** Processes of the dead run that still work; they are ended when the offer is taken. */
  leftovers: string[];
  /** What changed since it was stopped (runbook, system file, backup, server); has to be accepted. */
  differences: string[];
  /** Interrupted steps with what their probe says and what is proposed. */
  probed: { title: string; answer: ProbeAnswer; proposal: string }[];
  /** Takes the offer: continues the journal and goes on. */
  start(): Promise<RunControl>;
}

/** What the TUI may do to a run it watches. */
export interface RunControl {
  plan: Plan;
  feed: RunFeed;
  folder: string;
  answerGate(answer: GateAnswer): void;
  answerDecision(answer: DecisionAnswer): void;
  /** The text of the command that failed, for editing; undefined when no command did. */
  failedCommand(): string | undefined;
  /** Somebody else's run, followed from its journal: nothing can be answered or stopped from here. */
  readOnly: boolean;
  /** Stop safely: end the children, journal, leave the run resumable. A second call forces. */
  interrupt(): void;
  /** Resolves when the run is over and its report is written. Never rejects. */
  finished: Promise<RunOutcome>;
}

export interface RunOutcome {
  exit: number;
  report: string;
}

/** A damage of the practice estate the operator may choose. */
export interface DamageChoice {
  id: string;
  title: string;
  says: string;
}

export interface PracticeServices {
  /** Building the estate, as lines that appear one after the other. */
  prepare(onLine: (line: string) => void): Promise<void>;
  damages: DamageChoice[];
  damage(id: string, onLine: (line: string) => void): Promise<void>;
}

/** What has been chosen on the way to a plan. */
export interface Choice {
  system: string;
  runbook: string;
  mode: Mode;
  /** As --backup takes it: one for all stores, or `<store>=<backup>`. */
  backup: string;
  strategy?: Strategy;
  /** Optional steps that are left out, with the reason. */
  leaveOut?: Record<string, string>;
  /** The run that has brought the servers up; the plan is made of the rest. */
  continues?: string;
}

/** Everything the screens need from outside; built by the composition root, replaced by fakes in tests. */
export interface Services {
  operator: string;
  systems(): Promise<SystemRow[]>;
  unfinished(): Promise<UnfinishedRun[]>;
  backups(system: string, runbook: string): Promise<StoreBackups[]>;
  plan(choice: Choice): Promise<Plan>;
  /** What the rest is planned from, once a run has brought the servers up; undefined for a run that was not planned here. */
  rest?(run: string): Choice | undefined;
  /** Called once the operator has confirmed the plan; for a live plan the target's name has been typed. */
  start(plan: Plan): Promise<RunControl>;
  /** The plan in plain text with every command whole, for printing into the scrollback: `planText` of src/output. */
  planText(plan: Plan): string[];
  now(): Date;
  /** Asks the probes of an unfinished run and says what resuming it would mean. */
  resume(run: string): Promise<ResumeOffer>;
  /** Nobody goes on with this run: it is no longer offered. Nothing is undone. */
  abandon(run: string, because: string): Promise<void>;
  /**
   * Programs that need the whole terminal; called while the screens are taken down, which come back afterwards.
   * `shell` records what is typed and printed into the run's folder; `edit` gives the new text, or undefined when the
   * editor failed or nothing was changed.
   */
  shell(control: RunControl): Promise<void>;
  edit(text: string): Promise<string | undefined>;
  practice?: PracticeServices;
}
