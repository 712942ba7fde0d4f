import { readdir, readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { whileRepeating } from "./while-repeating.ts";

/** Every argv that is seen in /proc while `work` goes on: those of grandchildren too. */
export async function watchingProcesses<T>(work: Promise<T>): Promise<{ result: T; argv: Set<string> }> {
  const argv = new Set<string>();
  const look = async (): Promise<void> => {
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      if (line !== "") argv.add(line.replaceAll("\0", " "));
    }
    await pause(5);
  };
  return { result: await whileRepeating(look, () => work), argv };
}
