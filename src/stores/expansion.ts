import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { RestoreStep, RunbookStep } from "../runbook/runbook-schema.ts";
import type { Step } from "../step/step.ts";
import type { Expansion } from "./store-kind.ts";

/** Steps that keep nothing and leave nothing to remove. */
export const only = (...steps: Step[]): Expansion => ({ steps, last: [], keeps: [] });

/** Safety copy and verify are parts of a restore that can also stand alone. */
export function asRestore(step: Extract<RunbookStep, { kind: "verify" | "safety-copy" }>): RestoreStep {
  return { ...step, kind: "restore", owners: "keep", only: [], tables: [], queries: [] };
}

/** Lint knows which actions a kind has, so this is a bug. */
export function noSuchAction(kind: string, step: RunbookStep): LifeboatError {
  return new LifeboatError(EXIT.bug, {
    what: `a ${kind} store has no action ${step.kind}`,
    where: `step ${step.id}`,
  });
}
