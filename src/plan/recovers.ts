import type { Plan } from "./plan-schema.ts";

/**
 * Production is to be brought back: a store of it is restored; or nothing is restored and yet there is a time of the runbook's
 * own to keep (a failover). What only looks, restores under a name of its own, controls services or takes backups recovers
 * nothing.
 */
export function recovers({ steps, targets, ownRto }: Pick<Plan, "steps" | "targets" | "ownRto">): boolean {
  const restores = steps.filter(({ kind, effect }) => kind === "restore" && effect !== "reads");
  if (restores.length === 0) return ownRto === true;
  const aside = new Set(targets.flatMap((target) => (target.aside === true ? [target.store] : [])));
  return restores.some(({ store }) => !aside.has(store ?? ""));
}

/** There is a time to keep: of a recovery, or of its practice where the runbook states one (a game day). */
export const isTimed = (plan: Plan): boolean => recovers(plan) || plan.ownRto === true;

/** The RTO that holds for a run of this plan, or for the recovery that begins with it, in ms. */
export const allowedMs = (plan: Plan): number | undefined =>
  plan.bringsUp !== undefined || isTimed(plan) ? plan.rtoMs : undefined;
