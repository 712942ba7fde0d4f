import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Step } from "../step/step.ts";
import { readRuns, type RunRecord } from "./run-folder.ts";
import type { World } from "./world.ts";

/**
 * Undo of a run takes away what lies under the live name. Where a later run has put its own data there, that would be
 * this data, with all that was written since, and not what the older run restored. Throws exit 2 when one has, and
 * can still be undone itself; one that was cleaned up leaves no other way back than the older run's.
 */
export function refuseUnderLaterRestore(world: World, record: RunRecord, steps: readonly Step[]): void {
  const live = new Set(steps.filter(putsInPlace).map((step) => step.store));
  const later = readRuns(world)
    .filter((other) => other.run > record.run && other.plan.system === record.plan.system)
    .filter((other) => other.plan.mode === "live");
  for (const other of later)
    for (const { store, name } of record.plan.targets) {
      const isSame = other.plan.targets.some((target) => target.store === store && target.name === name);
      if (!live.has(store) || !isSame || !hasReplaced(other, store)) continue;
      throw new LifeboatError(EXIT.usage, {
        what: `run ${record.run} cannot be undone now: a later run has restored ${name} too`,
        where: `run ${other.run}`,
        why: `what is in ${name} now is that run's, with all that was written since: this undo would take it away`,
        next: `go back one run at a time, that one first: lifeboat undo ${other.run}`,
      });
    }
}

const putsInPlace = (step: Step): boolean =>
  step.kind === "restore" && step.touchesLive === true && step.undo !== undefined;

/** It has begun to put something in place of this store's data, and that was neither undone nor made final. */
function hasReplaced({ plan, state }: RunRecord, store: string): boolean {
  const isDone = (id: string): boolean => state.steps.get(id)?.state === "done";
  const inPlace = plan.steps.filter((step) => step.store === store && putsInPlace(step));
  return inPlace.some(
    ({ id }) =>
      state.steps.get(id)?.startedAt !== undefined && !isDone(`undo ${id}`) && !isDone(`cleanup ${id}`),
  );
}
