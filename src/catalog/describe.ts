import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Backup } from "./backup.ts";
import type { StoreKindName } from "../runbook/store-kinds/registry.ts";
import { fileProblem } from "./file-problem.ts";
import { filesIn } from "./files-in.ts";
import { inTurns } from "../base/in-turns.ts";
import { artifactKind } from "./kinds/registry.ts";
import type { Candidate, Skip } from "./walk.ts";

/** What the file system says of an artifact. */
export interface Measured {
  kind: "file" | "directory";
  bytes: number;
  modifiedMs: number;
}

/** Measures one path; a text says why it is no artifact of this kind of store. Never throws. */
export async function measure(path: string, kind: StoreKindName = "postgres"): Promise<Measured | string> {
  try {
    const facts = await stat(path);
    if (facts.isFile()) return { kind: "file", bytes: facts.size, modifiedMs: facts.mtimeMs };
    if (!facts.isDirectory()) return "it is neither a file nor a folder";
    return await measureDirectory(path, kind);
  } catch (error) {
    const problem = fileProblem(error);
    if (problem.code !== "ENOENT") return problem.says;
    // Node gives names that are not UTF-8 with replacement characters, and cannot open them again.
    if (path.includes("\uFFFD")) return "its name is not UTF-8, rename it to use it";
    return "it is not there (any more), or is a symbolic link to nothing";
  }
}

async function measureDirectory(path: string, kind: StoreKindName): Promise<Measured | string> {
  const files = await filesIn(path);
  const { folderOf, noFolder } = artifactKind(kind);
  if (folderOf(files) === undefined) return `it is ${noFolder}`;
  const facts = await inTurns(files, STATS_AT_ONCE, (file) => stat(join(path, file)));
  return {
    kind: "directory",
    bytes: facts.reduce((sum, file) => sum + file.size, 0),
    modifiedMs: facts.reduce((newest, file) => Math.max(newest, file.mtimeMs), 0),
  };
}

const STATS_AT_ONCE = 32;

/** A candidate as a backup of the store, or why it is left out. */
export async function describe(
  store: string,
  kind: StoreKindName,
  candidate: Candidate,
): Promise<Backup | Skip> {
  const { path, name, match, beside } = candidate;
  const measured = await measure(path, kind);
  if (typeof measured === "string") return { path, why: measured };
  const besideIt = (suffix: string): string | undefined =>
    beside.has(name + suffix) ? path + suffix : undefined;
  const fileTime = match.stamp ? undefined : "its name has no time: the time of the file is shown";
  return {
    id: name,
    store,
    path,
    tier: match.tier,
    time: match.stamp?.time ?? new Date(measured.modifiedMs),
    ...(match.stamp === undefined ? {} : { spanMs: match.stamp.spanMs }),
    fileTime,
    ...measured,
    manifest: besideIt(".manifest.json"),
    sidecar: besideIt(".sha256"),
    remarks: fileTime === undefined ? [] : [fileTime],
  };
}
