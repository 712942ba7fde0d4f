import { readdirSync, readFileSync } from "node:fs";
import { kill } from "node:process";

/** The fields of /proc/<pid>/stat from the state on; empty when there is no such process or no /proc. */
function statFields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold spaces and parentheses itself.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

const hasEnded = (state: string | undefined): boolean => state === "Z" || state === "X";

/** Whether a process of this id runs, whoever owns it. One that has ended and was not yet fetched by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    kill(pid, 0);
    return !hasEnded(statFields(pid)[0]);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * When a live process started, in clock ticks since boot, so that a reused pid is not taken for it. Empty where /proc
 * does not exist, and for a process that has ended.
 */
export function processStart(pid: number): string {
  const fields = statFields(pid);
  return hasEnded(fields[0]) ? "" : (fields[19] ?? "");
}

/**
 * Whether the process that was recorded with this start time is still the one that has the id. One recorded without had
 * ended by then, and whoever has the id now is somebody else; only where nothing knows start times the id alone has to do.
 */
export function isSameProcess(pid: number, started: string): boolean {
  if (started === "") return read("/proc/self/stat") === "" && isAlive(pid);
  return isAlive(pid) && processStart(pid) === started;
}

export interface MarkedProcess {
  pid: number;
  /** Leader of its process group. */
  group: number;
  commandLine: string;
  environment: ReadonlyMap<string, string>;
}

/**
 * Processes whose environment holds `NAME=value`, found in /proc: a program that was started in the instant before its
 * starter died is not in any record. Empty where /proc does not exist; other users' processes are not seen.
 */
export function processesMarked(name: string, value: string): MarkedProcess[] {
  return pids().flatMap((pid) => {
    const environment = environmentOf(pid);
    if (environment.get(name) !== value) return [];
    const fields = statFields(pid);
    if (hasEnded(fields[0])) return [];
    const commandLine = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
    return [{ pid, group: Number(fields[2]), commandLine, environment }];
  });
}

function environmentOf(pid: number): Map<string, string> {
  return new Map(
    read(`/proc/${pid}/environ`)
      .split("\0")
      .map((entry): [string, string] => {
        const [name = "", ...value] = entry.split("=");
        return [name, value.join("=")];
      }),
  );
}

function pids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It ended meanwhile, or belongs to somebody else.
    return "";
  }
}
