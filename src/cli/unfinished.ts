import { isSameProcess } from "../base/processes.ts";
import type { RunRecord } from "./run-folder.ts";
import type { World } from "./world.ts";

/** The process that writes a run's journal still lives on this machine. */
export function isRunning(world: World, { state }: RunRecord): boolean {
  const opened = state.opened;
  if (!opened || !state.open || opened.machine !== world.machine) return false;
  return isSameProcess(opened.pid, opened.pidStarted);
}

/** Runs that stopped without an end, or were interrupted in live mode, newest first; dry runs leave nothing to finish. */
export function unfinishedRuns(world: World, records: readonly RunRecord[]): RunRecord[] {
  return records.filter(
    (record) =>
      record.plan.mode !== "dry-run" &&
      record.state.opened !== undefined &&
      !record.state.ended &&
      !isRunning(world, record),
  );
}
