import { EXIT, type ExitCode } from "./exit-codes.ts";

/** What an operator has to know about a failure, in the order they read it. */
export interface ErrorFacts {
  /** What happened, one sentence, no trailing stop. */
  what: string;
  /** File, host, store or step it happened in. */
  where?: string;
  /** The underlying message, already redacted by whoever prints it. */
  why?: string;
  /** What was changed before it happened. Absent means nothing was. */
  changed?: string;
  /** The next thing to do or type. */
  next?: string;
}

/** An expected failure: it maps to one documented exit code and never shows a stack. */
export class LifeboatError extends Error {
  readonly facts: ErrorFacts;
  readonly exit: ExitCode;

  constructor(exit: ExitCode, facts: ErrorFacts, cause?: unknown) {
    super(facts.what, cause === undefined ? undefined : { cause });
    this.name = "LifeboatError";
    this.exit = exit;
    this.facts = facts;
  }
}

/** Wrong usage: unknown flag, system, runbook or backup. */
export function usageError(what: string, next?: string): LifeboatError {
  return new LifeboatError(EXIT.usage, { what, ...(next === undefined ? {} : { next }) });
}

/** The lines every presenter prints for an error: what, where, why, changed or not, next step. */
export function errorLines(error: LifeboatError): string[] {
  const { what, where, why, changed, next } = error.facts;
  return [
    what,
    ...(where ? [`where: ${where}`] : []),
    ...(why ? [`why: ${why}`] : []),
    `changed: ${changed ?? "nothing"}`,
    ...(next ? [`next: ${next}`] : []),
  ];
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
