import type { Catalog } from "../catalog/list.ts";
import type { Store } from "../runbook/store-kinds/registry.ts";
import { readKeep } from "./keep-rule.ts";
import { retained, type Verdict } from "./retained.ts";

/** What a store's own rules make of each of its backups, by path; undefined where it says nothing about that. */
export function retentionOf(
  { keep, backups: patterns }: Pick<Store, "keep" | "backups">,
  { backups }: Pick<Catalog, "backups">,
  now: Date,
): Map<string, Verdict> | undefined {
  if (keep === undefined) return undefined;
  return retained(backups, readKeep(keep), { now, timezone: patterns[0]?.timezone ?? "utc" });
}
