import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Backup } from "./backup.ts";
import { fileProblem } from "./file-problem.ts";
import type { Candidate, Skip } from "./walk.ts";

/** What the file system says of an artifact. */
export interface Measured {
  kind: "file" | "directory";
  bytes: number;
  modifiedMs: number;
}

/** Measures one path; a text says why it is no artifact. Never throws. */
export async function measure(path: string): Promise<Measured | string> {
  try {
    const facts = await stat(path);
    if (facts.isFile()) return { kind: "file", bytes: facts.size, modifiedMs: facts.mtimeMs };
    if (!facts.isDirectory()) return "it is neither a file nor a folder";
    return await measureDirectory(path);
  } catch (error) {
    const problem = fileProblem(error);
    if (problem.code !== "ENOENT") return problem.says;
    // Node gives names that are not UTF-8 with replacement characters, and cannot open them again.
    if (path.includes("\uFFFD")) return "its name is not UTF-8, rename it to use it";
    return "it is not there (any more), or is a symbolic link to nothing";
  }
}

async function measureDirectory(path: string): Promise<Measured | string> {
  const members = await readdir(path);
  if (!members.some(isToc)) return "it is a folder without toc.dat, so not a directory-format backup";
  const facts = await Promise.all(members.map((member) => stat(join(path, member))));
  return {
    kind: "directory",
    bytes: facts.reduce((sum, member) => sum + (member.isFile() ? member.size : 0), 0),
    modifiedMs: Math.max(...facts.map((member) => member.mtimeMs)),
  };
}

/** pg_dump never compresses the table of contents of a directory, but people compress folders afterwards. */
export const isToc = (name: string): boolean => name === "toc.dat" || name === "toc.dat.gz";

/** A candidate as a backup of the store, or why it is left out. */
export async function describe(store: string, candidate: Candidate): Promise<Backup | Skip> {
  const { path, name, match, beside } = candidate;
  const measured = await measure(path);
  if (typeof measured === "string") return { path, why: measured };
  const besideIt = (suffix: string): string | undefined =>
    beside.has(name + suffix) ? path + suffix : undefined;
  return {
    id: name,
    store,
    path,
    tier: match.tier,
    time: match.stamp?.time ?? new Date(measured.modifiedMs),
    ...measured,
    manifest: besideIt(".manifest.json"),
    sidecar: besideIt(".sha256"),
    remarks: match.stamp ? [] : ["its name has no time: the time of the file is shown"],
  };
}
