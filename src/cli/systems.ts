import { parseDuration } from "../base/duration.ts";
import { LifeboatError, messageOf } from "../base/errors.ts";
import { readCatalog } from "../catalog/list.ts";
import { allSteps } from "../runbook/runbook-schema.ts";
import { findSystems, type FoundSystem, runbookRoots } from "../runbook/find.ts";
import { isError, problemLine } from "../runbook/problem.ts";
import { objectivesOf } from "../plan/objectives-of.ts";
import { readRunbook } from "../runbook/read-runbook.ts";
import { readSystem, type SystemFile } from "../runbook/read-system.ts";
import { join } from "node:path";
import { readRuns, type RunRecord } from "./run-folder.ts";
import type { World } from "./world.ts";

export interface RunbookSummary {
  name: string;
  title: string;
  scenario: string;
  steps: number;
  rtoMs?: number;
}

export interface SystemSummary {
  name: string;
  title: string;
  environment: string;
  problem?: string;
  newestBackup?: Date;
  rtoMs?: number;
  rpoMs?: number;
  rpoMet?: boolean;
  lastDrill?: { at: Date; passed: boolean };
  runbooks: RunbookSummary[];
}

/** Every system with its runbooks and how fresh its backups are. One that cannot be used says why. */
export async function summarizeSystems(world: World): Promise<SystemSummary[]> {
  const systems = await findSystems(runbookRoots(world.env, world.cwd, world.shipped));
  const runs = readRuns(world);
  return Promise.all(systems.map((found) => summarize(world, found, runs)));
}

async function summarize(world: World, found: FoundSystem, runs: RunRecord[]): Promise<SystemSummary> {
  const bare = { name: found.name, title: found.name, environment: "?", runbooks: [] };
  try {
    const file = await readSystem(found.folder, world.env);
    const error = file.problems.find(isError);
    if (error || !file.system) return { ...bare, problem: error ? problemLine(error) : unsetWords(file) };
    const { objectives } = file.system;
    const rpoMs = objectives.rpo === undefined ? undefined : parseDuration(objectives.rpo);
    const rtoMs = objectives.rto === undefined ? undefined : parseDuration(objectives.rto);
    const newest = file.unset.length > 0 ? undefined : await newestBackup(world, file);
    const drill = runs.find((r) => r.plan.system === found.name && r.plan.mode === "drill" && r.state.ended);
    return {
      name: found.name,
      title: file.system.title,
      environment: file.system.environment,
      ...(file.unset.length > 0 ? { problem: unsetWords(file) } : {}),
      ...(newest ? { newestBackup: newest } : {}),
      ...(rtoMs === undefined ? {} : { rtoMs }),
      ...(rpoMs === undefined ? {} : { rpoMs }),
      ...(rpoMs === undefined || !newest
        ? {}
        : { rpoMet: world.clock.now().getTime() - newest.getTime() <= rpoMs }),
      ...(drill?.state.lastAt
        ? { lastDrill: { at: new Date(drill.state.lastAt), passed: drill.state.ended?.exit === 0 } }
        : {}),
      runbooks: await Promise.all(found.runbooks.map((name) => summarizeRunbook(found, name, file))),
    };
  } catch (error) {
    return { ...bare, problem: error instanceof LifeboatError ? error.facts.what : messageOf(error) };
  }
}

function unsetWords(file: SystemFile): string {
  const names = [...new Set(file.unset.map((variable) => variable.name))];
  return `not set: ${names.join(", ")}`;
}

/** The oldest of the stores' newest backups: a system is as fresh as its stalest critical store. */
async function newestBackup(world: World, file: SystemFile): Promise<Date | undefined> {
  const now = world.clock.now();
  const times: number[] = [];
  for (const [id, store] of Object.entries(file.system?.stores ?? {})) {
    if (!store.critical) continue;
    const { backups } = await readCatalog(id, store.backups, world.cwd, now, store.kind);
    const newest = backups.find((backup) => backup.time <= now);
    if (!newest) return undefined;
    times.push(newest.time.getTime());
  }
  return times.length > 0 ? new Date(Math.min(...times)) : undefined;
}

async function summarizeRunbook(found: FoundSystem, name: string, file: SystemFile): Promise<RunbookSummary> {
  const { runbook, problems } = await readRunbook(join(found.folder, `${name}.yaml`), file);
  if (!runbook) {
    const error = problems.find(isError);
    return {
      name,
      title: name,
      scenario: error ? problemLine(error) : "some of its variables are not set",
      steps: 0,
    };
  }
  const { rtoMs } = objectivesOf(runbook, file.system);
  return {
    name,
    title: runbook.title,
    scenario: runbook.scenario,
    steps: allSteps(runbook).length,
    ...(rtoMs === undefined ? {} : { rtoMs }),
  };
}
