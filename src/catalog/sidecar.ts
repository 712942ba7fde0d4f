import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { CheckResult } from "../step/check.ts";
import { fileProblem } from "./file-problem.ts";

/** What the digest beside an artifact says: a digest, a reason why it says nothing, or undefined without a file. */
export interface Sidecar {
  sha256?: string;
  why?: string;
}

/** Reads `<artifact>.sha256` as written by sha256sum, with --tag, or as the bare digest. */
export async function readSidecar(path: string): Promise<Sidecar | undefined> {
  let text: string;
  try {
    text = await readFile(`${path}.sha256`, "utf8");
  } catch (error) {
    const problem = fileProblem(error);
    return problem.code === "ENOENT" ? undefined : { why: `${path}.sha256 cannot be read: ${problem.says}` };
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const name = basename(path);
  const own = lines.find((line) => line.endsWith(name) || line.includes(`(${name})`));
  const line = own ?? (lines.length === 1 ? lines[0] : undefined);
  const digest = /(?:^\\?|= *)([0-9a-f]{64})\b/i.exec(line ?? "")?.[1];
  if (digest !== undefined) return { sha256: digest.toLowerCase() };
  return { why: `${path}.sha256 holds no sha256 of it` };
}

const CHANGED = "at least one byte differs: damaged, changed, cut, or another file under this name";
const FIX = "copy it again from where it was made, or choose another backup";

/** The digest of what was read against the manifest's and the file's beside it. */
export function digestResults(
  found: string,
  expected: string | undefined,
  sidecar: Sidecar | undefined,
): CheckResult[] {
  const level = "artifact" as const;
  const compare = (name: string, wanted: string): CheckResult =>
    wanted.toLowerCase() === found
      ? { name, level, result: "pass", expected: wanted, found }
      : { name, level, result: "fail", expected: wanted, found, why: CHANGED, fix: FIX };
  const results: CheckResult[] = [];
  if (expected !== undefined) results.push(compare("sha256 against the manifest", expected));
  if (sidecar?.sha256 !== undefined)
    results.push(compare("sha256 against the .sha256 beside it", sidecar.sha256));
  if (sidecar?.why !== undefined)
    results.push({
      name: "sha256 against the .sha256 beside it",
      level,
      result: "not checked",
      found,
      why: sidecar.why,
    });
  if (results.length > 0) return results;
  const why =
    "there is no manifest and no .sha256 beside it, so a changed byte inside the data cannot be noticed";
  const fix = "take backups with `lifeboat backup`, or write one with: sha256sum <file> > <file>.sha256";
  return [{ name: "sha256", level, result: "not checked", found, why, fix }];
}
