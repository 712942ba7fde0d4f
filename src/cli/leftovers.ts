import { oneLine } from "../base/one-line.ts";
import { isSameProcess, processesMarked } from "../base/processes.ts";
import { STEP_MARK } from "../engine/run-command.ts";
import { endGroup } from "../hosts/end-group.ts";
import { kindFor } from "../stores/registry.ts";
import { findFarLeftovers, LONGEST } from "./far-leftovers.ts";
import type { PastRun } from "./past-run.ts";
import type { RunRecord } from "./run-folder.ts";
import { RUN_MARK } from "./world.ts";

const GRACE_MS = 5_000;

export interface Leftovers {
  /** What still works for a run whose Lifeboat is gone, a line each. */
  says: string[];
  /** Ends all of it and waits until it is gone. */
  end: () => Promise<void>;
}

/** A process group that works for a run. */
export interface LivingCommand {
  group: number;
  says: string;
}

/**
 * Process groups that a run started and that live on: those its journal recorded by pid and start time, and those that
 * carry its mark in their environment, because the last one may have been started in the instant before the journal ended.
 */
export function livingCommands({ run, state }: Pick<RunRecord, "run" | "state">): LivingCommand[] {
  const found = new Map<number, string>();
  for (const { pid, group, commandLine, environment } of processesMarked(RUN_MARK, run)) {
    // A service that a finished step has started is what that step was for.
    if (state.steps.get(environment.get(STEP_MARK) ?? "")?.state === "done") continue;
    if (!found.has(group)) found.set(group, oneLine(`process ${pid}: ${commandLine}`, LONGEST));
  }
  for (const step of state.steps.values()) {
    if (!step.process || !isSameProcess(step.process.pid, step.process.started)) continue;
    const line = oneLine(`process ${step.process.pid} of step ${step.id}: ${step.command ?? ""}`, LONGEST);
    found.set(step.process.pid, line);
  }
  return [...found].map(([group, says]) => ({ group, says }));
}

/** Processes on this machine, known by pid and start time, and sessions at the stores, known by their name. */
export async function findLeftovers({ record, stores, material }: PastRun): Promise<Leftovers> {
  const commands = livingCommands(record);
  const says = commands.map((command) => command.says);
  const { launch, plan } = material;
  const far = await findFarLeftovers(record, launch);
  says.push(...far.says);
  for (const input of stores.values()) {
    const sessions = kindFor(input).sessions;
    if (input.facts === undefined || !sessions) continue;
    const result = await launch(sessions.look(input, plan.run), { effect: "reads" });
    says.push(...result.stdout.split("\n").filter((line) => line !== ""));
  }
  const end = async (): Promise<void> => {
    // First there: what is ended here lets it go on without anybody watching.
    await far.end();
    for (const { group } of commands) endGroup(group, GRACE_MS);
    for (const input of stores.values()) {
      const sessions = kindFor(input).sessions;
      if (input.facts !== undefined && sessions)
        await launch(sessions.end(input, plan.run), { effect: "reversible" });
    }
    const deadline = performance.now() + 2 * GRACE_MS;
    while (livingCommands(record).length > 0 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { says, end };
}
