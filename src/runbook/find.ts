import { readdir } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { usageError } from "../base/errors.ts";
import { nearest } from "../base/suggest.ts";
import { SYSTEM_FILE } from "./read-system.ts";
import type { Env } from "./variables.ts";

/** A system that was found; nothing in it has been read yet. */
export interface FoundSystem {
  name: string;
  folder: string;
  root: string;
  /** Names of its runbooks, sorted. */
  runbooks: string[];
}

/** Where systems are looked for, in order: LIFEBOAT_RUNBOOKS (or ./runbooks), then the shipped folder. */
export function runbookRoots(env: Env, cwd: string, shipped: string): string[] {
  const own = env["LIFEBOAT_RUNBOOKS"] || "runbooks";
  const roots = [
    ...own
      .split(delimiter)
      .filter((part) => part !== "")
      .map((part) => resolve(cwd, part)),
    shipped,
  ];
  return [...new Set(roots)];
}

/** Every system under the roots, sorted by name; of two of the same name the earlier root's wins. */
export async function findSystems(roots: readonly string[]): Promise<FoundSystem[]> {
  const found = new Map<string, FoundSystem>();
  for (const root of roots) {
    for (const name of await names(root)) {
      if (found.has(name)) continue;
      const folder = join(root, name);
      const files = await names(folder);
      if (files.includes(SYSTEM_FILE)) found.set(name, { name, folder, root, runbooks: runbookNames(files) });
    }
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

/** The system of that name. Throws exit 2 with the nearest name. */
export function systemNamed(systems: readonly FoundSystem[], name: string): FoundSystem {
  const found = systems.find((system) => system.name === name);
  if (found !== undefined) return found;
  throw usageError(
    `unknown system "${name}"`,
    hint(
      name,
      systems.map((system) => system.name),
      "systems",
    ),
  );
}

/** Path of the runbook of that name. Throws exit 2 with the nearest name. */
export function runbookPath(system: Pick<FoundSystem, "name" | "folder" | "runbooks">, name: string): string {
  if (system.runbooks.includes(name)) return join(system.folder, `${name}.yaml`);
  throw usageError(`${system.name} has no runbook "${name}"`, hint(name, system.runbooks, "runbooks"));
}

function hint(word: string, known: readonly string[], what: string): string {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? `there are no ${what}` : `known ${what}: ${known.join(", ")}`;
}

export function runbookNames(files: readonly string[]): string[] {
  return files
    .filter((file) => file.endsWith(".yaml") && file !== SYSTEM_FILE && !file.startsWith("."))
    .map((file) => file.slice(0, -".yaml".length))
    .toSorted();
}

/** Names in a folder; none when it is missing or is no folder. */
async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
