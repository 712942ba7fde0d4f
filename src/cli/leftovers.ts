import { isSameProcess } from "../base/processes.ts";
import { endGroup } from "../hosts/end-group.ts";
import type { RunState } from "../journal/run-state.ts";
import { storeKind } from "../stores/registry.ts";
import type { PastRun } from "./past-run.ts";

const GRACE_MS = 5_000;

export interface Leftovers {
  /** What still works for a run whose Lifeboat is gone, a line each. */
  says: string[];
  /** Ends all of it and waits until it is gone. */
  end: () => Promise<void>;
}

/** Process groups of commands that were running when the journal was last written and live on. */
export function livingCommands(state: RunState): { pid: number; says: string }[] {
  return [...state.steps.values()].flatMap((step) => {
    if (!step.process || !isSameProcess(step.process.pid, step.process.started)) return [];
    const line = (step.command ?? "").split("\n")[0] ?? "";
    return [{ pid: step.process.pid, says: `process ${step.process.pid} of step ${step.id}: ${line}` }];
  });
}

/** Processes on this machine, known by pid and start time, and sessions at the stores, known by their name. */
export async function findLeftovers({ record, stores, material }: PastRun): Promise<Leftovers> {
  const commands = livingCommands(record.state);
  const says = commands.map((command) => command.says);
  const { launch, plan } = material;
  for (const input of stores.values()) {
    if (input.facts === undefined) continue;
    const result = await launch(storeKind(input.store.kind).sessionsCommand(input, plan.run), {
      effect: "reads",
    });
    says.push(...result.stdout.split("\n").filter((line) => line !== ""));
  }
  const end = async (): Promise<void> => {
    for (const { pid } of commands) endGroup(pid, GRACE_MS);
    for (const input of stores.values()) {
      if (input.facts !== undefined)
        await launch(storeKind(input.store.kind).endSessionsCommand(input, plan.run), {
          effect: "reversible",
        });
    }
    const deadline = performance.now() + 2 * GRACE_MS;
    while (livingCommands(record.state).length > 0 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { says, end };
}
