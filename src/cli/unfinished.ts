import { EXIT } from "../base/exit-codes.ts";
import { isSameProcess } from "../base/processes.ts";
import { ABANDONED, isRecovered } from "../journal/objectives.ts";
import type { RunRecord } from "./run-folder.ts";
import type { World } from "./world.ts";

/** The process that writes a run's journal still lives on this machine. */
export function isRunning(world: World, { state }: RunRecord): boolean {
  const opened = state.opened;
  if (!opened || !state.open || opened.machine !== world.machine) return false;
  return isSameProcess(opened.pid, opened.pidStarted);
}

/**
 * Runs that can be gone on with, newest first: stopped without an end, interrupted, or left at a decision, unless a later
 * run of the same runbook has recovered everything. Dry runs leave nothing to finish.
 */
export function unfinishedRuns(world: World, records: readonly RunRecord[]): RunRecord[] {
  return records.filter((record, at) => {
    if (record.plan.mode === "dry-run" || record.state.opened === undefined || isRunning(world, record))
      return false;
    if (record.state.open) return true;
    return wasLeft(record) && !records.slice(0, at).some((later) => supersedes(later, record));
  });
}

function wasLeft({ state }: RunRecord): boolean {
  if (state.ended?.word === ABANDONED) return false;
  if (state.ended?.exit === EXIT.interrupted) return true;
  return state.ended?.exit === EXIT.failed && state.decisions.at(-1)?.choice === "leave";
}

function supersedes(later: RunRecord, record: RunRecord): boolean {
  const same =
    later.plan.system === record.plan.system &&
    later.plan.runbook === record.plan.runbook &&
    later.plan.mode === record.plan.mode &&
    // That the servers are up finishes no recovery.
    (later.plan.bringsUp === undefined || record.plan.bringsUp !== undefined);
  return same && isRecovered(later.state);
}
