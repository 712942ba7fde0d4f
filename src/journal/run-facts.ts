import type { Plan } from "../plan/plan-schema.ts";
import type { CheckResult } from "../step/check.ts";
import type { RunState } from "./run-state.ts";

export interface Objective {
  limitMs: number | undefined;
  measuredMs: number;
  /** undefined when there is no objective to compare with. */
  met: boolean | undefined;
}

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

const objective = (limitMs: number | undefined, measuredMs: number): Objective => ({
  limitMs,
  measuredMs,
  met: limitMs === undefined ? undefined : measuredMs <= limitMs,
});

const time = (iso: string | undefined): number => (iso === undefined ? 0 : Date.parse(iso));

function lostMs(state: RunState, plan: Plan): number | undefined {
  const times = plan.backups.map((backup) => Date.parse(backup.time));
  if (times.length === 0 || state.openedAt === undefined) return undefined;
  return Math.max(0, time(state.openedAt) - Math.min(...times));
}

/** A fold of the run and its plan; for a run that has not ended it says how it stands now. */
export function runFacts(state: RunState, plan: Plan): RunFacts {
  const found = [...state.steps.values()].flatMap((step) =>
    step.checks.map((check) => ({ step: step.id, check })),
  );
  const by = (result: CheckResult["result"]): FoundCheck[] =>
    found.filter((entry) => entry.check.result === result);
  const tookMs = time(state.lastAt) - time(state.openedAt);
  const lost = lostMs(state, plan);
  const measured = plan.mode !== "dry-run";
  return {
    word: state.ended?.word ?? "NOT FINISHED",
    exit: state.ended?.exit,
    tookMs,
    rto: measured ? objective(plan.rtoMs, tookMs) : undefined,
    rpo: lost === undefined ? undefined : objective(plan.rpoMs, lost),
    passed: by("pass"),
    failed: by("fail"),
    warnings: by("warning"),
    notChecked: by("not checked"),
    kept: plan.steps
      .filter(
        (step) =>
          step.cleanup && state.steps.get(step.id)?.state === "done" && !state.removed.includes(step.id),
      )
      .flatMap((step) => step.cleanup?.says ?? []),
  };
}
