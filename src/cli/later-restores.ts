import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Step } from "../step/step.ts";
import { readRuns, type RunRecord } from "./run-folder.ts";
import type { World } from "./world.ts";

/**
 * Undo of a run takes away what lies under the live name. Where another run has put its own data there since, that would
 * be this data, with all that was written since, and not what the older run restored. Throws exit 2 when one has, and
 * can still be undone itself; one that was cleaned up leaves no other way back than the older run's.
 */
export function refuseUnderLaterRestore(world: World, record: RunRecord, steps: readonly Step[]): void {
  const live = new Set(steps.filter(putsInPlace).map((step) => step.store));
  const others = readRuns(world)
    .filter((other) => other.run !== record.run && other.plan.system === record.plan.system)
    .filter((other) => other.plan.mode === "live");
  for (const { store, name } of record.plan.targets.filter((target) => live.has(target.store))) {
    const since = placedAt(record, store);
    const [latest] = others
      .filter((other) => other.plan.targets.some((target) => target.store === store && target.name === name))
      .filter((other) => placedAt(other, store) > since)
      .toSorted((a, b) => (placedAt(a, store) < placedAt(b, store) ? 1 : -1));
    if (latest === undefined) continue;
    throw new LifeboatError(EXIT.usage, {
      what: `run ${record.run} cannot be undone now: a later run has restored ${name} too`,
      where: `run ${latest.run}`,
      why: `what is in ${name} now is that run's, with all that was written since: this undo would take it away`,
      next: `go back one run at a time, that one first: lifeboat undo ${latest.run}`,
    });
  }
}

const putsInPlace = (step: Step): boolean =>
  step.kind === "restore" && step.touchesLive === true && step.undo !== undefined;

/**
 * When it began to put something in place of this store's data, ISO; "" when it did not, or that was undone or made
 * final. Not when the run began: one that waited at its gate, or was resumed, may have come after a newer one.
 */
function placedAt({ plan, state }: RunRecord, store: string): string {
  const isDone = (id: string): boolean => state.steps.get(id)?.state === "done";
  const times = plan.steps
    .filter((step) => step.store === store && putsInPlace(step))
    .filter(({ id }) => !isDone(`undo ${id}`) && !isDone(`cleanup ${id}`))
    .map(({ id }) => state.steps.get(id)?.startedAt ?? "");
  return times.toSorted().at(-1) ?? "";
}
