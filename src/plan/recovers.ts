import type { Plan } from "./plan-schema.ts";

/**
 * Production is to be brought back: a store of it is restored, or the runbook has a time of its own to keep (a failover). What
 * only looks, restores under a name of its own, controls services or takes backups recovers nothing, and has no time to keep.
 */
export function recovers({ steps, targets, ownRto }: Pick<Plan, "steps" | "targets" | "ownRto">): boolean {
  if (ownRto === true) return true;
  const aside = new Set(targets.flatMap((target) => (target.aside === true ? [target.store] : [])));
  return steps.some(
    ({ kind, effect, store }) => kind === "restore" && effect !== "reads" && !aside.has(store ?? ""),
  );
}

/** The RTO that holds for a run of this plan, or for the recovery that begins with it, in ms. */
export const allowedMs = (plan: Plan): number | undefined =>
  plan.bringsUp !== undefined || recovers(plan) ? plan.rtoMs : undefined;
