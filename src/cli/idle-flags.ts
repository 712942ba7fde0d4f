import { usageError } from "../base/errors.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { PlanInput } from "../plan/plan-input.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { LoadedRunbook, LoadedSystem } from "../runbook/load.ts";
import { declarationOf } from "../runbook/store-kinds/registry.ts";
import type { Strategy } from "../step/mode.ts";

/*
 * A flag that nothing of this runbook heeds would stand in plan and report as if it had been done: somebody would believe
 * that there is room for one copy only, or that nothing is kept.
 */

/** Throws exit 2 where `replace` is asked for, and no store that is restored knows it. */
export function refuseIdleStrategy(
  strategy: Strategy | undefined,
  { system }: LoadedSystem,
  { name, runbook }: LoadedRunbook,
): void {
  if (strategy !== "replace") return;
  const restored = runbook.steps.flatMap((step) => (step.kind === "restore" ? [step.store] : []));
  const kinds = [...new Set(restored.map((store) => system.stores[store]?.kind ?? store))];
  if (kinds.some((kind) => declarationOf(kind)?.restoreKeys.includes("strategy"))) return;
  throw usageError(
    kinds.length === 0
      ? `--strategy replace: ${name} restores nothing`
      : `--strategy replace: ${kinds.join(", ")} cannot be restored that way`,
    "leave --strategy away",
  );
}

/** Throws exit 2 where a live plan is the same with and without its safety copy. */
export function refuseIdleSkip(input: PlanInput, plan: Plan): void {
  if (!input.skipSafetyCopy || input.mode !== "live") return;
  const whole = buildPlan({ ...input, skipSafetyCopy: false });
  if (whole.hash !== plan.hash) return;
  const kept = plan.keeps.length === 0 ? "" : `: it keeps ${plan.keeps.join(", ")}`;
  throw usageError(
    `--skip-safety-copy: this plan has no safety copy that could be skipped${kept}`,
    "leave --skip-safety-copy away",
  );
}
