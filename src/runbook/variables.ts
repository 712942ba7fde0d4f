import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { parseEnv } from "node:util";
import { interpolate, type Lookup } from "./interpolate.ts";
import type { Problem } from "./problem.ts";
import type { SourceDocument } from "./source-document.ts";

/** The environment as handed in by the composition root. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface Variables {
  lookup: Lookup;
  /** The dotenv files that were read, in order. */
  files: string[];
  /** A dotenv file that is missing is a warning only: the environment may hold everything. */
  problems: Problem[];
}

/**
 * The environment, then the dotenv files a system names under `env:`; the environment wins, then the earlier file.
 * Their names may hold `${NAME}` from the environment and are relative to the system's folder.
 */
export async function readVariables(document: SourceDocument, folder: string, env: Env): Promise<Variables> {
  const fromEnv: Lookup = (name) => env[name];
  const { value, uses } = interpolate(envList(document.value), fromEnv, () => false);
  const unset = new Map(uses.filter((u) => u.value === undefined).map((u) => [u.path[0], u.name]));
  const found: Record<string, string | undefined> = {};
  const files: string[] = [];
  const problems: Problem[] = [];
  for (const [i, name] of (Array.isArray(value) ? value : []).entries()) {
    if (typeof name !== "string") continue;
    const file = isAbsolute(name) ? name : join(folder, name);
    const missing = unset.get(i);
    const text =
      missing === undefined ? await readText(file) : { fault: `${missing} is not set, so it was not read` };
    if (text.fault !== undefined) {
      const place = document.valueAt(["env", i]);
      problems.push(document.problem(place, `dotenv file ${name}: ${text.fault}`, "warning"));
      continue;
    }
    files.push(file);
    for (const [key, item] of Object.entries(parseEnv(text.content))) found[key] ??= item;
  }
  return {
    lookup: (name) => env[name] ?? (Object.hasOwn(found, name) ? found[name] : undefined),
    files,
    problems,
  };
}

function envList(value: unknown): unknown {
  return typeof value === "object" && value !== null && "env" in value ? value.env : undefined;
}

const FAULTS: Record<string, string> = {
  ENOENT: "does not exist",
  EACCES: "may not be read by this user",
  EISDIR: "is a folder",
  ENOTDIR: "does not exist",
};

async function readText(
  file: string,
): Promise<{ content: string; fault?: undefined } | { fault: string; content?: undefined }> {
  try {
    return { content: await readFile(file, "utf8") };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return { fault: FAULTS[code] ?? `cannot be read (${code})` };
  }
}
