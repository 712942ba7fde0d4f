/** The state as a file in the cluster's folder: the test, its kubectls and the API server share it, one after the other. */
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type State, stateSchema } from "./cluster.ts";
import { settle } from "./controllers.ts";

export const stateFile = (folder: string): string => join(folder, "cluster.json");

/** Reads the state as it is now, lets `work` change it, writes it. Nobody else does so meanwhile. */
export async function withState<T>(folder: string, work: (state: State) => T): Promise<T> {
  const lock = join(folder, "lock");
  await taken(lock);
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(stateFile(folder), "utf8")));
    settle(state, Date.now());
    const result = work(state);
    settle(state, Date.now());
    writeState(folder, state);
    return result;
  } finally {
    rmSync(lock, { force: true });
  }
}

export function writeState(folder: string, state: State): void {
  const fresh = `${stateFile(folder)}.new`;
  writeFileSync(fresh, JSON.stringify(state, null, 2));
  renameSync(fresh, stateFile(folder));
}

async function taken(lock: string): Promise<void> {
  for (;;) {
    try {
      closeSync(openSync(lock, "wx"));
      return;
    } catch {
      await pause(3);
    }
  }
}
