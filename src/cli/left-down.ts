import { stands } from "../journal/run-facts.ts";
import type { RunRecord } from "./run-folder.ts";
import { isRunning } from "./unfinished.ts";
import type { World } from "./world.ts";

/**
 * What the newest live run of a runbook has stopped and nobody has started since. Another run finds it down, takes that for
 * how it was, and leaves it down.
 */
export function leftDownWarnings(
  world: World,
  runs: readonly RunRecord[],
  { system, runbook }: { system: string; runbook: string },
): string[] {
  const newest = runs.find(
    ({ plan }) =>
      plan.system === system && plan.runbook === runbook && plan.mode === "live" && !plan.bringsUp,
  );
  if (newest === undefined || isRunning(world, newest)) return [];
  const { plan, state, run } = newest;
  const down = plan.steps.filter(({ id }) => {
    const starter = plan.steps.find(({ outdates = [] }) => outdates.includes(id));
    return starter !== undefined && stands(state, id) && !stands(state, starter.id);
  });
  if (down.length === 0) return [];
  const what = down.map(({ id, after }) => after ?? id).join("; ");
  return [
    `run ${run} left ${what}; a new run does not start what it finds down: first lifeboat resume ${run}, or lifeboat undo ${run}`,
  ];
}
