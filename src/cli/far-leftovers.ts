import { oneLine } from "../base/one-line.ts";
import { STEP_MARK } from "../engine/run-command.ts";
import { endLeftovers, type LeftoverQuery, lookForLeftovers } from "../hosts/far-leftovers.ts";
import type { Launch } from "../hosts/launcher.ts";
import { type Hop, wayWords } from "../step/hop.ts";
import type { RunRecord } from "./run-folder.ts";
import { RUN_MARK } from "./world.ts";

/** Looking is only worth so long: a host that does not answer now is found out by the step that needs it. */
const LOOK_MS = 20_000;
const GRACE_MS = 5_000;
/** Of a process, which may be a script of a hundred lines: enough to know it by. */
export const LONGEST = 160;

/** What a run left running on other hosts: a line each, and what ends it. */
export interface FarLeftovers {
  says: string[];
  end: () => Promise<void>;
}

/** Every way its commands went, once. */
function waysOf({ plan }: Pick<RunRecord, "plan">): Hop[][] {
  const all = plan.steps
    .flatMap((step) => [
      ...step.commands,
      ...(step.undo?.commands ?? []),
      ...(step.probe ? [step.probe] : []),
    ])
    .map((command) => command.on ?? [])
    .filter((on) => on.length > 0);
  return [...new Map(all.map((on) => [JSON.stringify(on), on])).values()];
}

/** Asks every host a run's commands went to. One that cannot be reached has nothing to say. */
export async function findFarLeftovers(
  record: Pick<RunRecord, "run" | "plan" | "state">,
  launch: Launch,
): Promise<FarLeftovers> {
  // A service that a finished step has started is what that step was for.
  const done = [...record.state.steps.values()].filter(({ state }) => state === "done");
  const except = done.map(({ id }) => `${STEP_MARK}=${id}`);
  const mark = `${RUN_MARK}=${record.run}`;
  const found = await Promise.all(
    waysOf(record).map(async (on) => {
      const query: LeftoverQuery = { on, mark, except };
      const lines = await linesOf(launch, query);
      return { query, says: lines.map((line) => oneLine(`on ${wayWords(on)}: process ${line}`, LONGEST)) };
    }),
  );
  const living = found.filter(({ says }) => says.length > 0);
  return {
    says: living.flatMap(({ says }) => says),
    end: async () => {
      for (const { query } of living) await launch(endLeftovers(query, GRACE_MS), { effect: "reversible" });
    },
  };
}

async function linesOf(launch: Launch, query: LeftoverQuery): Promise<string[]> {
  try {
    const options = { effect: "reads" as const, signal: AbortSignal.timeout(LOOK_MS) };
    const { stdout, exit } = await launch(lookForLeftovers(query), options);
    return exit === 0 ? stdout.split("\n").filter((line) => line !== "") : [];
  } catch {
    return [];
  }
}
