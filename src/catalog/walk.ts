import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { inTurns } from "../base/in-turns.ts";
import { literalName, segmentMatcher, type Pattern, type PatternMatch, type Segment } from "./pattern.ts";
import { fileProblem } from "./file-problem.ts";

/** Something the listing had to leave out, and why. */
export interface Skip {
  path: string;
  why: string;
}

/** A name that matches a pattern and has not been looked at yet. */
export interface Candidate {
  path: string;
  name: string;
  match: PatternMatch;
  /** All names in the same folder: manifests and digests are looked up here. */
  beside: ReadonlySet<string>;
}

interface Folder {
  path: string;
  match: PatternMatch;
}

/** What lies beside a backup, or is not one yet. */
const NOT_A_BACKUP = /\.(?:manifest\.json|keys\.gz|sha256|sha512|sha1|md5|sig|part|partial|tmp)$/;
const FOLDERS_AT_ONCE = 16;

/** Goes only into folders that the pattern can match. What cannot be read is added to `skipped`. */
export async function walk(pattern: Pattern, skipped: Skip[]): Promise<Candidate[]> {
  let folders: Folder[] = [{ path: pattern.root, match: { tier: undefined, stamp: undefined } }];
  for (const segment of pattern.segments.slice(0, -1)) {
    const descend = (folder: Folder): Promise<Folder[]> => foldersIn(folder, segment, pattern, skipped);
    folders = (await inTurns(folders, FOLDERS_AT_ONCE, descend)).flat();
  }
  const last = pattern.segments.at(-1) ?? [];
  const look = (folder: Folder): Promise<Candidate[]> => candidatesIn(folder, last, pattern, skipped);
  return (await inTurns(folders, FOLDERS_AT_ONCE, look)).flat();
}

async function foldersIn(
  folder: Folder,
  segment: Segment,
  pattern: Pattern,
  skipped: Skip[],
): Promise<Folder[]> {
  const literal = literalName(segment);
  if (literal !== undefined) return [{ path: join(folder.path, literal), match: folder.match }];
  const matches = segmentMatcher(segment, pattern.timezone, folder.match);
  return (await entries(folder, pattern, skipped)).flatMap((entry) => {
    const match = entry.isFile() ? undefined : matches(entry.name);
    return match ? [{ path: join(folder.path, entry.name), match }] : [];
  });
}

async function candidatesIn(
  folder: Folder,
  last: Segment,
  pattern: Pattern,
  skipped: Skip[],
): Promise<Candidate[]> {
  const found = await entries(folder, pattern, skipped);
  const beside = new Set(found.map((entry) => entry.name));
  const matches = segmentMatcher(last, pattern.timezone, folder.match);
  return found.flatMap(({ name }) => {
    const match = NOT_A_BACKUP.test(name) ? undefined : matches(name);
    return match ? [{ path: join(folder.path, name), name, match, beside }] : [];
  });
}

async function entries(folder: Folder, pattern: Pattern, skipped: Skip[]): Promise<Dirent[]> {
  try {
    return await readdir(folder.path, { withFileTypes: true });
  } catch (error) {
    const problem = fileProblem(error);
    const atRoot = folder.path === pattern.root;
    // Below the root a folder may lack a part of the pattern, and `*` may name a file: both are ordinary.
    if (atRoot || !["ENOENT", "ENOTDIR"].includes(problem.code))
      skipped.push({ path: folder.path, why: problem.says });
    return [];
  }
}
