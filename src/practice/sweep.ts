import { lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Launch } from "../hosts/launcher.ts";
import { dataDir, FOLDER_NAME, MARKER } from "./cluster.ts";
import { type EstateRecord, forget, practiceFolder, readRecord, setAside } from "./estate-record.ts";
import { isSameProcess } from "../base/processes.ts";
import { endServer, serversOf } from "./processes.ts";

/**
 * Removes what a killed Lifeboat left, saying so. `kept` estates stay unless `withKept`. Throws exit 31, naming the
 * holder, when the estate belongs to a Lifeboat that still runs (or to one on another machine, which cannot be asked).
 */
export async function sweep(
  home: string,
  launch: Launch,
  onLine: (line: string) => void,
  withKept = false,
): Promise<void> {
  const record = readRecord(home);
  if (record === undefined) return;
  if (record === "unreadable") {
    onLine(`the record of an earlier practice cannot be read; put aside as ${setAside(home)}`);
    return;
  }
  if (isHeld(record)) throw held(record);
  if (record.kept && !withKept) return;
  await removeEstate(home, record, launch, onLine);
  const whose = record.kept ? "that was kept" : `left by process ${record.lifeboatPid}`;
  onLine(`removed the practice estate of ${record.createdAt} ${whose}`);
}

function isHeld(record: EstateRecord): boolean {
  if (record.machine !== hostname()) return true;
  return isSameProcess(record.lifeboatPid, record.lifeboatStarted);
}

/** Another practice has the one place there is. */
export function held(record: EstateRecord): LifeboatError {
  return new LifeboatError(EXIT.locked, {
    what: "another practice is under way",
    where: record.folder,
    why: `process ${record.lifeboatPid} on ${record.machine}, since ${record.createdAt}`,
    next: "end that one first, or give this one a home of its own: LIFEBOAT_HOME=<folder> lifeboat practice",
  });
}

/**
 * Ends the server of an estate and removes its folders. What cannot be proven to be the practice's own (the server by
 * the data folder on its command line, a folder by its name and marker) is left alone and named.
 */
export async function removeEstate(
  home: string,
  record: EstateRecord,
  launch: Launch,
  onLine: (line: string) => void,
): Promise<void> {
  await endItsServer(record, launch);
  for (const folder of new Set([record.socketDir, record.folder])) removeFolder(folder, record, onLine);
  rmSync(join(practiceFolder(home), "practice.env"), { force: true });
  forget(home, record.id);
}

async function endItsServer(record: EstateRecord, launch: Launch): Promise<void> {
  for (const pid of await serversOf(dataDir(record), launch)) {
    if (await endServer(pid)) continue;
    throw new LifeboatError(EXIT.failed, {
      what: `the practice server (process ${pid}) does not end`,
      where: dataDir(record),
      changed: "nothing was removed",
      next: `end it by hand (kill -9 ${pid}), then run the practice again`,
    });
  }
}

function removeFolder(folder: string, record: EstateRecord, onLine: (line: string) => void): void {
  const inside = folder.startsWith(`${record.folder}/`);
  if (inside || !exists(folder)) return;
  if (isOwn(folder, record.id)) removeMarkerLast(folder);
  else if (!removedEmpty(folder))
    onLine(`left alone, because it carries no mark of this practice: ${folder}`);
}

/** Killed half way, the rest still carries the marker, and the next sweep goes on. */
function removeMarkerLast(folder: string): void {
  for (const name of readdirSync(folder).filter((entry) => entry !== MARKER))
    rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  rmSync(folder, { recursive: true, force: true });
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isOwn(folder: string, id: string): boolean {
  try {
    const real = lstatSync(folder).isDirectory() && FOLDER_NAME.test(basename(folder));
    return real && readFileSync(join(folder, MARKER), "utf8").trim() === id;
  } catch {
    return false;
  }
}

/** Killed between making the folder and marking it: then it is empty. */
function removedEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
