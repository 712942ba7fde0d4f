import { join } from "node:path";
import type { RunnerTestCase } from "vitest";
import { type ComposeEstate, type EstateOptions, startComposeEstate } from "../helpers/compose-estate.ts";
import type { Ran } from "../helpers/lifeboat.ts";
import { openOperator, type Operator, writeText } from "../helpers/operator.ts";
import { orStop } from "../helpers/or-stop.ts";
import { type Client, clientOf } from "./eyes.ts";
import { readRecovery } from "./recovery.ts";

type Env = Record<string, string>;

/** A shipped system as its users run it: their compose project on an engine of the test's own, and an operator before it. */
export interface SystemEstate extends Operator {
  stack: ComposeEstate;
  /** A client program of this machine; what it printed. */
  client: Client;
  /** `lifeboat run <system> <runbook> …` without a terminal; what its journal says becomes a row of the table at the end. */
  run(task: RunnerTestCase, runbook: string, ...args: string[]): Promise<Ran>;
}

export interface SystemEstateOptions extends EstateOptions {
  system: string;
  /** Texts by their path in the project's folder: settings, migrations. */
  texts?: Record<string, string>;
  /** What the operator has in the environment, given the project's folder. */
  operator: (project: string) => Env;
}

/** Starts the engine and writes the project; nothing of it is up yet. Call stop() in afterAll. */
export async function openSystemEstate(options: SystemEstateOptions): Promise<SystemEstate> {
  const { system, texts = {} } = options;
  const stack = await startComposeEstate({ project: system, ...options });
  return orStop(await operatorOf(options, stack), async () => {
    for (const [path, text] of Object.entries(texts)) await writeText(join(stack.folder, path), text);
  });
}

async function operatorOf(options: SystemEstateOptions, stack: ComposeEstate): Promise<SystemEstate> {
  const { system } = options;
  const operator = await openOperator({
    folder: `${stack.engine.folder}-operator`,
    system,
    // No runbooks of its own: the shipped ones are found.
    files: {},
    backups: "BACKUP_DIR",
    env: { ...stack.env, ...options.operator(stack.folder) },
    end: stack.stop,
  });
  return {
    ...operator,
    stack,
    client: clientOf(operator.env),
    run: recording(operator),
  };
}

/** Runs of an operator's system, each with its row in the table at the end. */
export const recording =
  (operator: Operator): SystemEstate["run"] =>
  async (task, runbook, ...args) => {
    const before = await operator.runs();
    const ended = await operator.lifeboat(["run", operator.system, runbook, ...args]);
    // A recovery of servers that were down is two runs: each has its row.
    const made = (await operator.runs()).filter((id) => !before.includes(id)).toReversed();
    const rows = made.map((id) => readRecovery(join(operator.home, "runs", id)));
    task.meta.recoveries = [...(task.meta.recoveries ?? []), ...rows];
    return ended;
  };
