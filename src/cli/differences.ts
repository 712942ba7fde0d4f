import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { identityDifferences } from "../engine/interlock.ts";
import { measure } from "../catalog/describe.ts";
import { isStoreKind } from "../runbook/store-kinds/registry.ts";
import { kindFor } from "../stores/registry.ts";
import type { PastRun } from "./past-run.ts";

/** What is no longer as it was when the plan was made: files, backup, server. A line each; empty when nothing is. */
export async function differencesSince(past: PastRun): Promise<string[]> {
  return [...sourceDifferences(past), ...(await backupDifferences(past)), ...serverDifferences(past)];
}

function sourceDifferences({ record }: PastRun): string[] {
  return record.plan.sources.flatMap(({ path, sha256 }) => {
    if (!existsSync(path)) return [`${path} is gone; the plan goes on with what it said`];
    const now = createHash("sha256").update(readFileSync(path)).digest("hex");
    return now === sha256 ? [] : [`${path} was edited; the plan goes on with what it said before`];
  });
}

async function backupDifferences({ record }: PastRun): Promise<string[]> {
  const lines: string[] = [];
  for (const { store, path, bytes, modifiedMs } of record.plan.backups) {
    // What lies in another store is looked at by the steps themselves.
    if (path.includes("://")) continue;
    const kind = record.plan.targets.find((target) => target.store === store)?.kind ?? "";
    const now = await measure(path, isStoreKind(kind) ? kind : "postgres");
    if (typeof now === "string") lines.push(`backup ${path}: ${now}`);
    else if (now.bytes !== bytes || now.modifiedMs !== modifiedMs)
      lines.push(
        `backup ${path} is not the file it was: ${bytes === now.bytes ? "it was written anew" : `${bytes} bytes then, ${now.bytes} now`}`,
      );
  }
  return lines;
}

function serverDifferences({ record, stores }: PastRun): string[] {
  const { plan, state } = record;
  return plan.targets.flatMap(({ store, identity }) => {
    const input = stores.get(store);
    if (!identity || !input) return [];
    if (input.facts === undefined)
      return [`store ${store} cannot be asked who it is: ${input.unreachable ?? "unknown reason"}`];
    const touched = plan.steps.some(
      (s) => s.store === store && s.touchesLive === true && state.steps.get(s.id)?.startedAt !== undefined,
    );
    // The run itself has put another database under the name.
    return identityDifferences(
      identity,
      kindFor(input).identity(input.facts),
      touched ? kindFor(input).changedByRestore : [],
    ).map((line) => `store ${store}: ${line}`);
  });
}
