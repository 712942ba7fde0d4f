import type { Plan } from "../plan/plan-schema.ts";
import type { CheckResult } from "../step/check.ts";
import { type Objective, rpoOf, rtoOf, tookMs } from "./objectives.ts";
import type { RunState } from "./run-state.ts";

export interface FoundCheck {
  step: string;
  check: CheckResult;
}

/** What a result says about a run, whatever draws it. Times in ms. */
export interface RunFacts {
  word: string;
  exit: number | undefined;
  tookMs: number;
  /** undefined for a dry run: nothing was recovered, so nothing was measured. */
  rto: Objective | undefined;
  /** The age of the oldest chosen backup when the run began; undefined without a backup. */
  rpo: Objective | undefined;
  passed: FoundCheck[];
  failed: FoundCheck[];
  warnings: FoundCheck[];
  notChecked: FoundCheck[];
  /** Things this run left on purpose, e.g. the old database, and what removing them is called. */
  kept: string[];
}

/** A step whose work is there: done, and neither undone nor cleaned up since. */
export function stands(state: RunState, id: string): boolean {
  const takenBack = ["undo", "cleanup"].some((what) => state.steps.get(`${what} ${id}`)?.state === "done");
  return state.steps.get(id)?.state === "done" && !takenBack && !state.removed.includes(id);
}

/** A fold of the run and its plan; for a run that has not ended it says how it stands now. */
export function runFacts(state: RunState, plan: Plan): RunFacts {
  const found = [...state.steps.values()].flatMap((step) =>
    step.checks.map((check) => ({ step: step.id, check })),
  );
  const by = (result: CheckResult["result"]): FoundCheck[] =>
    found.filter((entry) => entry.check.result === result);
  return {
    word: state.ended?.word ?? "NOT FINISHED",
    exit: state.ended?.exit,
    tookMs: tookMs(state),
    rto: rtoOf(state, plan),
    rpo: rpoOf(state, plan),
    passed: by("pass"),
    failed: by("fail"),
    warnings: by("warning"),
    notChecked: by("not checked"),
    kept: plan.steps
      .filter((step) => step.cleanup && stands(state, step.id))
      .flatMap((step) => step.cleanup?.says ?? []),
  };
}
