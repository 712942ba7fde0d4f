/**
 * A preload (`node --import`): kills its own process with SIGKILL at one line of the journal, as CHAOS_DIE says.
 * The product knows nothing of it; it only calls node:fs, which is wrapped here.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { setTimeout } from "node:timers";

/** Where to die; `line` counts what this process writes, from 1. */
export interface Death {
  line: number;
  /**
   * before: the line is not written. torn: half of it is. written: it is, and not yet on disk. synced: it is on disk, where
   * the journal asks for that. later: `ms` after that, while a command runs.
   */
  when: "before" | "torn" | "written" | "synced" | "later";
  ms: number;
  /** Power loss: the journal's disk forgets what it was not told to keep, and every command on this machine dies too. */
  power: boolean;
}

const death: Death | undefined =
  process.env["CHAOS_DIE"] === undefined ? undefined : JSON.parse(process.env["CHAOS_DIE"]);

const { writeSync, fdatasyncSync, openSync, truncateSync, fstatSync } = fs;
const children: number[] = [];
let journal = -1;
let journalPath: string | undefined;
let onDisk = 0;
let lines = 0;

function die({ power }: Death): void {
  if (power) {
    for (const pid of children) endGroup(pid);
    // By its path: it may have been closed already.
    if (journalPath !== undefined) truncateSync(journalPath, onDisk);
  }
  process.kill(process.pid, "SIGKILL");
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function atLine(plan: Death, text: string, write: () => number): number {
  // Not every line is synced: then what follows it is the moment after it.
  if (lines === plan.line && plan.when === "synced") die(plan);
  lines += 1;
  const here = lines === plan.line;
  const pid = /"type":"command\.spawned".*"pid":(\d+)/.exec(text)?.[1];
  if (pid !== undefined) children.push(Number(pid));
  if (here && plan.when === "before") die(plan);
  if (here && plan.when === "torn") {
    writeSync(journal, Buffer.from(text.slice(0, text.length / 2)));
    die(plan);
  }
  const done = write();
  if (here && plan.when === "written") die(plan);
  if (here && plan.when === "later") setTimeout(() => die(plan), plan.ms);
  return done;
}

if (death !== undefined) {
  Object.assign(fs, {
    openSync: (path: string, flags: string, ...rest: [number?]) => {
      const fd = openSync(path, flags, ...rest);
      if (String(path).endsWith("/journal.jsonl") && flags !== "r") {
        journal = fd;
        journalPath = path;
        onDisk = fstatSync(fd).size;
      }
      return fd;
    },
    writeSync: (fd: number, bytes: Buffer, ...rest: [number?]) => {
      const write = (): number => writeSync(fd, bytes, ...rest);
      return fd === journal ? atLine(death, bytes.toString("utf8"), write) : write();
    },
    fdatasyncSync: (fd: number) => {
      fdatasyncSync(fd);
      if (fd !== journal) return;
      onDisk = fstatSync(fd).size;
      if (lines === death.line && death.when === "synced") die(death);
    },
  });
  syncBuiltinESMExports();
}
