import { readFile } from "node:fs/promises";

/** Whether a process works; one that has ended and waits to be collected does not. */
export function isRunning(pid: string | number): Promise<boolean> {
  return readFile(`/proc/${pid}/stat`, "utf8").then(
    (stat) => !stat.includes(") Z "),
    () => false,
  );
}
