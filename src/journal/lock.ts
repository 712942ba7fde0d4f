import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isSameProcess } from "../base/processes.ts";
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

const ATTEMPTS = 100;

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A lock that was taken. */
export interface TakenLock {
  release: () => void;
  /** False as soon as somebody else has taken it over. */
  held: () => boolean;
  /** Who had it until now; only with take-over. */
  from: LockHolder | undefined;
}

/**
 * One live run per store: takes `<home>/locks/<store>.json` or names who holds it (exit 31).
 * A lock whose process is gone from this machine is stale and replaced. `takeOver` replaces a living holder's as well:
 * that run notices before its next step that touches the store, and stops.
 */
export function takeLock(home: string, store: string, holder: LockHolder, takeOver = false): TakenLock {
  const folder = join(home, "locks");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${store.replaceAll(/[^\w.-]/g, "_")}.json`);
  let from: LockHolder | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (create(path, holder)) {
      const held = (): boolean => parseHolder(readIfThere(path) ?? "")?.run === holder.run;
      return { release: () => release(path, holder), held, from };
    }
    const text = readIfThere(path);
    if (text === undefined) continue;
    const other = parseHolder(text);
    if (!other) throw unreadable(store, path);
    if (isHeld(other, holder.machine)) {
      if (!takeOver) throw locked(store, other);
      from = other;
    }
    removeStale(path, text, holder);
  }
  throw unreadable(store, path);
}

/**
 * Two processes may find the same stale lock: without the guard the slower one would remove the lock the faster one has
 * just taken. Who has the guard looks again before it removes anything.
 */
function removeStale(path: string, stale: string, holder: LockHolder): void {
  const guard = `${path}.stale`;
  if (!create(guard, holder)) {
    const other = parseHolder(readIfThere(guard) ?? "");
    if (other && !isHeld(other, holder.machine)) rmSync(guard, { force: true });
    else pause();
    return;
  }
  try {
    if (readIfThere(path) === stale) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
}

function isHeld(other: LockHolder, machine: string): boolean {
  // A holder on another machine (shared home) cannot be asked: it counts as alive.
  if (other.machine !== machine) return true;
  return isSameProcess(other.pid, other.pidStarted);
}

/** Appears whole or not at all: nobody must find a lock without its holder and take it for a broken one. */
function create(path: string, holder: LockHolder): boolean {
  const draft = `${path}.${holder.pid}.${holder.run}`;
  const fd = openSync(draft, "w", 0o600);
  try {
    writeSync(fd, JSON.stringify(holder));
    fsyncSync(fd);
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw error;
  } finally {
    closeSync(fd);
    rmSync(draft, { force: true });
  }
}

function release(path: string, holder: LockHolder): void {
  const now = parseHolder(readIfThere(path) ?? "");
  if (now?.run === holder.run && now.pid === holder.pid) rmSync(path, { force: true });
}

function unreadable(store: string, path: string): LifeboatError {
  return new LifeboatError(EXIT.locked, {
    what: `the lock of ${store} does not say who holds it`,
    where: path,
    next: `make sure that no other run works on ${store}, then remove that file and run again`,
  });
}

function locked(store: string, other: LockHolder): LifeboatError {
  return new LifeboatError(EXIT.locked, {
    what: `another live run holds ${store}`,
    where: `run ${other.run}`,
    why: `${other.operator} on ${other.machine}, process ${other.pid}, since ${other.since}`,
    next: "wait until it ends, or stop it there (ctrl-c); if it hangs for good: --take-over --because …",
  });
}
