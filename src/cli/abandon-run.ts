import { join } from "node:path";
import { LifeboatError, usageError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { changedSoFar, leftHalfway } from "../engine/choices.ts";
import { standingOf } from "../engine/resume.ts";
import { wayWords } from "../step/hop.ts";
import { openJournal } from "../journal/append.ts";
import { ABANDONED } from "../journal/objectives.ts";
import { createRedactor } from "../journal/redact.ts";
import { lockJournal } from "./journal-lock.ts";
import { livingCommands } from "./leftovers.ts";
import { openedEvent } from "./open-context.ts";
import { restingRun } from "./past-run.ts";
import { readRun, type RunRecord } from "./run-folder.ts";
import { unfinishedRuns } from "./unfinished.ts";
import type { World } from "./world.ts";
import { writeReport } from "./write-report.ts";

export interface Abandoned {
  run: string;
  /** What the run has changed and what is left of it, a line each. */
  stands: string[];
  next: string[];
  report: string;
}

/**
 * Says, with a reason, that nobody will go on with a run: it is no longer offered. Nothing is undone and no store is asked,
 * so it works when the system is gone for good. Throws exit 2 for a run that has ended, 31 for one that still works.
 */
export function abandonRun(world: World, wanted: string, because: string): Abandoned {
  const reason = because.toWellFormed().trim();
  if (reason === "") throw usageError("the reason is empty", 'lifeboat abandon <run> --because "…"');
  const { run, folder } = restingRun(world, wanted);
  const unlock = lockJournal(world, run);
  try {
    // Read anew under the lock: somebody may have worked on it since.
    const record = readRun(folder);
    refuse(world, record);
    const { plan, state, reading } = record;
    const stands = [...leftHalfway(plan, state), ...changedSoFar(plan, state), ...notAsked(record)];
    const undoable = plan.steps.some(
      (step) => step.undo && state.steps.get(step.id)?.startedAt !== undefined,
    );
    const next = undoable ? [`to take back what was done: lifeboat undo ${run}`] : [];
    const path = join(folder, "journal.jsonl");
    const journal = openJournal(path, world.clock, createRedactor([]).text, reading.after);
    journal.append(openedEvent(world, plan, folder));
    journal.append({ type: "deviation", step: null, what: "the run was abandoned", because: reason });
    journal.append({ type: "run.ended", exit: EXIT.failed, word: ABANDONED, state: stands, next });
    journal.close();
    return { run, stands, next, report: writeReport(folder) };
  } finally {
    unlock();
  }
}

/** A client of this machine that is gone says nothing about what it had started at the far end. */
function notAsked({ plan, state }: RunRecord): string[] {
  const { inFlight } = standingOf(plan, state);
  const ways = inFlight.flatMap(({ commands }) => commands.map(({ on = [] }) => on));
  const places = new Set(ways.filter((on) => on.length > 0).map(wayWords));
  return [...places].map((place) => `whether something of it still runs on ${place} was not asked`);
}

function refuse(world: World, record: RunRecord): void {
  const { run } = record;
  if (unfinishedRuns(world, [record]).length === 0)
    throw usageError(`run ${run} is not unfinished: there is nothing to abandon`, "see: lifeboat runs");
  const living = livingCommands(record);
  if (living.length === 0) return;
  throw new LifeboatError(EXIT.locked, {
    what: `run ${run} died, but what it had started still runs`,
    where: living.map((command) => command.says).join("; "),
    next: `lifeboat resume ${run} or lifeboat undo ${run}: both end it first`,
  });
}
