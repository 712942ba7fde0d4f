import { parseDuration } from "../base/duration.ts";
import { allSteps, type Runbook } from "../runbook/runbook-schema.ts";
import type { System } from "../runbook/system-schema.ts";

export interface ObjectivesMs {
  rtoMs?: number;
  rpoMs?: number;
}

/** What a run of this runbook is measured against: its own objectives, else those of the one store it restores, else the system's. */
export function objectivesOf(runbook: Runbook, system: System | undefined): ObjectivesMs {
  const restored = new Set(
    allSteps(runbook).flatMap((step) => (step.kind === "restore" ? [step.store] : [])),
  );
  const [only] = restored;
  const store = restored.size === 1 && only !== undefined ? system?.stores[only] : undefined;
  const { rto, rpo } = { ...system?.objectives, ...store?.objectives, ...runbook.objectives };
  return {
    ...(rto === undefined ? {} : { rtoMs: parseDuration(rto) ?? 0 }),
    ...(rpo === undefined ? {} : { rpoMs: parseDuration(rpo) ?? 0 }),
  };
}
