import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";

const holderSchema = z.object({
  run: z.string(),
  operator: z.string(),
  machine: z.string(),
  pid: z.number(),
  pidStarted: z.string().describe("start time of the process in clock ticks since boot; empty where unknown"),
  since: z.string(),
});
export type LockHolder = z.infer<typeof holderSchema>;

/** Start time of a live process from /proc, so that a reused pid is not taken for the holder. Empty elsewhere. */
export function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function alive(pid: number, kill: (pid: number, signal: 0) => unknown): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

function readHolder(path: string): LockHolder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/**
 * One live run per store: takes `<home>/locks/<store>.json` or names who holds it (exit 31).
 * A lock whose process is gone from this machine is stale and replaced. Returns the release.
 */
export function takeLock(
  home: string,
  store: string,
  holder: LockHolder,
  kill: (pid: number, signal: 0) => unknown,
): () => void {
  const folder = join(home, "locks");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${store.replaceAll(/[^\w.-]/g, "_")}.json`);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (create(path, holder)) return () => release(path, holder);
    const other = readHolder(path);
    if (other && isHeld(other, holder.machine, kill)) throw locked(store, other);
    rmSync(path, { force: true });
  }
  throw locked(store, readHolder(path) ?? holder);
}

function isHeld(other: LockHolder, machine: string, kill: (pid: number, signal: 0) => unknown): boolean {
  // A holder on another machine (shared home) cannot be asked: it counts as alive.
  if (other.machine !== machine) return true;
  return alive(other.pid, kill) && (other.pidStarted === "" || processStart(other.pid) === other.pidStarted);
}

function create(path: string, holder: LockHolder): boolean {
  let fd: number;
  try {
    fd = openSync(path, "wx", 0o600);
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw error;
  }
  writeSync(fd, JSON.stringify(holder));
  fsyncSync(fd);
  closeSync(fd);
  return true;
}

function release(path: string, holder: LockHolder): void {
  if (readHolder(path)?.run === holder.run) rmSync(path, { force: true });
}

function locked(store: string, other: LockHolder): LifeboatError {
  return new LifeboatError(EXIT.locked, {
    what: `another live run holds ${store}`,
    where: `run ${other.run}`,
    why: `${other.operator} on ${other.machine}, process ${other.pid}, since ${other.since}`,
    next: "wait until it ends, or stop it there (ctrl-c), then run again",
  });
}
