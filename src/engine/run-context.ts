import type { Launch } from "../hosts/launcher.ts";
import type { Clock, Journal } from "../journal/append.ts";
import type { EventBody, Signal } from "../journal/events.ts";
import type { RunFeed } from "../journal/feed.ts";
import type { Redactor } from "../journal/redact.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { CheckResult, Judge, JudgeRef } from "../step/check.ts";
import type { Identity } from "../step/identity.ts";
import type { Decide } from "./decide.ts";
import type { Turn } from "./turn.ts";
import type { Gate, Step } from "../step/step.ts";

export interface GateReply {
  answer: "confirmed" | "refused";
  how: "typed" | "flag" | "nobody";
  note?: string | undefined;
}

/** Asks a human, a flag, or nobody. */
export type Ask = (gate: Gate, step: Step, signal: AbortSignal) => Promise<GateReply>;

/** Reads an artifact in full; gives check results and what later steps may want to know. */
export type Inspect = (
  path: string,
  args: JudgeRef["args"],
  watch: { signal: AbortSignal; onProgress: (fraction: number, words: string) => void },
) => Promise<{ results: CheckResult[]; facts: unknown }>;

/** Resolves after this many milliseconds, or at once when the signal aborts; never rejects. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** Asks a store who it is, and its host; only the host where the server's own answer is not needed yet. */
export type Identify = (store: string, only?: "host") => Promise<Identity>;

/** All a run needs from outside; nothing in src/engine reaches for the process. */
export interface RunContext {
  plan: Plan;
  folder: string;
  journal: Journal;
  feed: RunFeed;
  clock: Clock;
  sleep: Sleep;
  launch: Launch;
  redactor: Redactor;
  judges: ReadonlyMap<string, Judge>;
  inspect: Inspect;
  ask: Ask;
  /** Asked when a step failed; without it (no person, no flag) the run stops there. */
  decide?: Decide | undefined;
  /** Why this run may not touch its stores any more: somebody took over its lock. */
  lockLost: () => string | undefined;
  identify: Identify;
  /** Asks a host again who it is; what cannot be asked is not in the answer. */
  identifyHost: (host: string) => Promise<Identity>;
  /** Aborts when the operator stops the run or a step failed; `reason` tells which. */
  stop: AbortController;
  facts: Map<string, unknown>;
  /** Gates open one after the other, also where stores are restored side by side. */
  gates: Turn;
  /** Awaited before the journal is closed: what still has something to say to it. */
  beforeClosing?: (() => Promise<void>) | undefined;
}

/** Journals an event and tells the presenters. */
export function emit(context: RunContext, body: EventBody, durable = true): void {
  context.feed.event(context.journal.append(body, durable));
}

export function signal(context: RunContext, body: Signal): void {
  context.feed.signal(body);
}
