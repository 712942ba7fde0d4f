import { MODE_WORD } from "../../step/mode.ts";
import { isRunning } from "../unfinished.ts";
import { readRuns, type RunRecord, unreadableRuns } from "../run-folder.ts";
import type { World } from "../world.ts";

function word(world: World, record: RunRecord): string {
  if (record.state.ended) return `exit ${record.state.ended.exit}  ${record.state.ended.word}`;
  return isRunning(world, record) ? "RUNNING" : "NOT FINISHED";
}

/** `lifeboat runs`: every run, newest first. */
export function listRuns(world: World, json: boolean): number {
  const records = readRuns(world);
  if (json) {
    const rows = records.map(({ run, folder, plan, state }) => ({
      run,
      folder,
      system: plan.system,
      runbook: plan.runbook,
      mode: plan.mode,
      opened: state.openedAt,
      last: state.lastAt,
      exit: state.ended?.exit,
      word: state.ended?.word,
    }));
    world.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return 0;
  }
  if (records.length === 0) world.stdout.write("no runs yet\n");
  for (const record of records)
    world.stdout.write(`${MODE_WORD[record.plan.mode].padEnd(8)} ${record.run}  ${word(world, record)}\n`);
  for (const id of unreadableRuns(world))
    world.stdout.write(`${"?".padEnd(8)} ${id}  UNREADABLE: its plan or journal cannot be read\n`);
  return 0;
}
