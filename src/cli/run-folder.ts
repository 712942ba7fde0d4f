import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LifeboatError, messageOf, usageError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { nearest } from "../base/suggest.ts";
import { readJournal, type JournalReading } from "../journal/read.ts";
import { foldRun, type RunState } from "../journal/run-state.ts";
import { type Plan, planSchema } from "../plan/plan-schema.ts";
import type { World } from "./world.ts";

export interface RunRecord {
  run: string;
  folder: string;
  plan: Plan;
  reading: JournalReading;
  state: RunState;
}

export function runsFolder(world: World): string {
  return join(world.home, "runs");
}

/** What a run's id begins with: 20261120T110203. */
const SECOND = "YYYYMMDDThhmmss".length;

/** Ids of all runs, newest first: by the time they begin with, and within a second by when their plans were written. */
export function runIds(world: World): string[] {
  const folder = runsFolder(world);
  if (!existsSync(folder)) return [];
  const written = (id: string): number =>
    statSync(join(folder, id, "plan.json"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "plan.json")))
    .toSorted(
      (one, other) =>
        other.slice(0, SECOND).localeCompare(one.slice(0, SECOND)) || written(other) - written(one),
    );
}

/** Folder of a run by its id, by "latest", or by an unambiguous end of its id such as its 4 letters. */
export function runFolder(world: World, wanted: string): string {
  const ids = runIds(world);
  if (wanted === "latest" && ids[0] !== undefined) return join(runsFolder(world), ids[0]);
  const matches = ids.filter((id) => id === wanted || id.endsWith(`-${wanted}`));
  if (matches.length === 1 && matches[0] !== undefined) return join(runsFolder(world), matches[0]);
  const near = nearest(wanted, ids);
  throw usageError(
    `unknown run "${wanted}"`,
    near === undefined ? "see them with: lifeboat runs" : `did you mean ${near}? See all: lifeboat runs`,
  );
}

export function readPlan(folder: string): Plan {
  const path = join(folder, "plan.json");
  const parsed = planSchema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  throw new LifeboatError(EXIT.usage, {
    what: "this plan was written by another version of Lifeboat",
    where: path,
    next: "use the Lifeboat that wrote it",
  });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LifeboatError(EXIT.failed, {
      what: "the plan of this run cannot be read",
      where: path,
      why: messageOf(error),
      next: `go on by hand: every command is in ${join(dirname(path), "handover.md")}`,
    });
  }
}

export function readReading(folder: string): JournalReading {
  const path = join(folder, "journal.jsonl");
  return existsSync(path)
    ? readJournal(path)
    : { events: [], torn: false, broken: undefined, after: { seq: 0, prev: "" } };
}

export function readRun(folder: string): RunRecord {
  const plan = readPlan(folder);
  const reading = readReading(folder);
  return { run: plan.run, folder, plan, reading, state: foldRun(reading.events) };
}

/** Every readable run, newest first; what cannot be read is left out here and said by `lifeboat runs`. */
export function readRuns(world: World): RunRecord[] {
  return runIds(world).flatMap((id) => {
    try {
      return [readRun(join(runsFolder(world), id))];
    } catch {
      return [];
    }
  });
}

/** Ids of runs whose plan or journal cannot be read. */
export function unreadableRuns(world: World): string[] {
  const readable = new Set(readRuns(world).map((record) => basename(record.folder)));
  return runIds(world).filter((id) => !readable.has(id));
}
