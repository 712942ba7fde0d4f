import type { Plan } from "./plan-schema.ts";

/**
 * A store of production is to be brought back. What only looks, restores under a name of its own, controls services or takes
 * backups recovers nothing, and has no time to keep.
 */
export function recovers({ steps, targets }: Pick<Plan, "steps" | "targets">): boolean {
  const aside = new Set(targets.flatMap((target) => (target.aside === true ? [target.store] : [])));
  return steps.some(
    ({ kind, effect, store }) => kind === "restore" && effect !== "reads" && !aside.has(store ?? ""),
  );
}

/** The RTO that holds for a run of this plan, or for the recovery that begins with it, in ms. */
export const allowedMs = (plan: Plan): number | undefined =>
  plan.bringsUp !== undefined || recovers(plan) ? plan.rtoMs : undefined;
