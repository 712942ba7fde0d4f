import { basename } from "node:path";
import { readdir } from "node:fs/promises";
import { LifeboatError, usageError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { runbookNames, runbookPath } from "./find.ts";
import type { Place } from "./place.ts";
import { invalidError, isError } from "./problem.ts";
import { lookInto, recordOf, textOf } from "./raw.ts";
import { readRunbook, type RunbookFile } from "./read-runbook.ts";
import { readSystem, SYSTEM_FILE, type SystemFile } from "./read-system.ts";
import type { UnsetVariable } from "./resolved.ts";
import { allSteps, type Runbook } from "./runbook-schema.ts";
import { secretVariables } from "./secrets.ts";
import type { Connection } from "./store-kinds/registry.ts";
import type { System } from "./system-schema.ts";
import type { Env } from "./variables.ts";

/** A valid system.yaml. Variables may still be unset (`unset`): only a plan needs them. */
export interface LoadedSystem extends SystemFile {
  system: System;
}

/** A valid runbook. */
export interface LoadedRunbook extends RunbookFile {
  runbook: Runbook;
}

/** Reads `<folder>/system.yaml`. Throws exit 10 with every error, exit 2 when there is no such file. */
export async function loadSystem(folder: string, env: Env): Promise<LoadedSystem> {
  return validSystem(await readExisting(folder, env));
}

/** Reads one runbook of a system by name. Throws exit 10 with every error, exit 2 with the nearest name. */
export async function loadRunbook(system: LoadedSystem, name: string): Promise<LoadedRunbook> {
  return validRunbook(await readRunbook(await pathOf(system, name), system));
}

/** Stands for a password that nobody has given; a server that asks for one refuses it. */
const NOT_SET = "not-set";

export interface Loaded {
  system: LoadedSystem;
  runbook: LoadedRunbook;
}

/**
 * Reads a system and a runbook for making a plan: errors of both files at once (exit 10), then every variable that this
 * runbook needs and nobody set (exit 10), with the places that use it. Stores the runbook does not use may stay open.
 */
export async function loadForPlan(folder: string, name: string, env: Env): Promise<Loaded> {
  return loadedFrom(await readBoth(folder, name, env));
}

/**
 * The same for a plan that is only to be read, often where no password is: variables that hold nothing else may be missing,
 * and are named.
 */
export async function loadToRead(
  folder: string,
  name: string,
  env: Env,
): Promise<Loaded & { missing: string[] }> {
  const files = await readBoth(folder, name, env);
  const missing = [...new Set(neededVariables(files.system, files.runbook).map((variable) => variable.name))];
  const secrets = secretVariables(files.system.resolved);
  if (missing.length === 0 || !missing.every((one) => secrets.has(one)))
    return { ...loadedFrom(files), missing: [] };
  const filled = await readBoth(folder, name, {
    ...env,
    ...Object.fromEntries(missing.map((one) => [one, NOT_SET])),
  });
  // A whole URL, say, that cannot be empty: then it is the missing variable that has to be told.
  const isPlannable = ![...filled.system.problems, ...filled.runbook.problems].some(isError);
  return { ...loadedFrom(isPlannable ? filled : files), missing };
}

interface Files {
  system: SystemFile;
  runbook: RunbookFile;
}

async function readBoth(folder: string, name: string, env: Env): Promise<Files> {
  const systemFile = await readExisting(folder, env);
  const runbookFile = await readRunbook(await pathOf(systemFile, name), systemFile);
  return { system: systemFile, runbook: runbookFile };
}

function loadedFrom({ system: systemFile, runbook: runbookFile }: Files): Loaded {
  const problems = [...systemFile.problems, ...runbookFile.problems];
  const needed = neededVariables(systemFile, runbookFile);
  if (problems.some(isError)) throw invalidError(problems);
  if (needed.length > 0) throw unsetError(needed, systemFile);
  return { system: validSystem(systemFile), runbook: validRunbook(runbookFile) };
}

/** The connection of a store. Throws exit 10 when a variable in it is not set, exit 1 for a name nobody checked. */
export function connectionOf(system: LoadedSystem, store: string): Connection {
  const connection = system.connections.get(store);
  if (connection !== undefined) return connection;
  const unset = system.unset.filter(({ inside }) => inside[0] === "stores" && inside[1] === store);
  if (unset.length > 0) throw unsetError(unset, system);
  throw new LifeboatError(EXIT.bug, {
    what: `no connection for the store "${store}"`,
    where: system.source.path,
  });
}

/** How to get to a host. Throws exit 10 when a variable in it is not set, exit 1 for a name nobody checked. */
export function placeOf(system: LoadedSystem, host: string): Place {
  const place = system.places.get(host);
  if (place !== undefined) return place;
  const unset = system.unset.filter(({ inside }) => inside[0] === "hosts");
  if (unset.length > 0) throw unsetError(unset, system);
  throw new LifeboatError(EXIT.bug, { what: `no host "${host}"`, where: system.source.path });
}

async function readExisting(folder: string, env: Env): Promise<SystemFile> {
  try {
    return await readSystem(folder, env);
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code)))
      throw usageError(`${folder} is not a system: it has no ${SYSTEM_FILE}`);
    throw error;
  }
}

async function pathOf(system: SystemFile, name: string): Promise<string> {
  const runbooks = runbookNames(await readdir(system.folder));
  return runbookPath({ name: system.name, folder: system.folder, runbooks }, name);
}

function validSystem(file: SystemFile): LoadedSystem {
  const { system } = file;
  if (file.problems.some(isError)) throw invalidError(file.problems);
  // Valid but for values that unset variables would give: nothing can be said about it before they are set.
  if (system === undefined) throw unsetError(file.unset, file);
  return { ...file, system };
}

function validRunbook(file: RunbookFile): LoadedRunbook {
  const { runbook } = file;
  if (file.problems.some(isError)) throw invalidError(file.problems);
  if (runbook === undefined) throw unsetError(file.unset, undefined);
  return { ...file, runbook };
}

/** All of the runbook's, and of the system's all but those of stores that no step names. */
function neededVariables(system: SystemFile, runbook: RunbookFile): UnsetVariable[] {
  if (runbook.runbook === undefined) return [...system.unset, ...runbook.unset];
  const used = usedBy(runbook.runbook, system);
  const ofSystem = system.unset.filter(({ inside: [top, id] }) => {
    if (top === "stores") return used.stores.has(String(id));
    return top !== "hosts" || used.hosts.has(String(id));
  });
  return [...ofSystem, ...runbook.unset];
}

/** Stores and hosts that a runbook's steps name, and the hosts those lie on or take keys from. */
function usedBy(runbook: Runbook, system: SystemFile): { stores: Set<string>; hosts: Set<string> } {
  const root = recordOf(system.resolved.value);
  const steps = allSteps(runbook);
  const stores = new Set(steps.flatMap((step) => ("store" in step ? (step.store ?? []) : [])));
  const named = steps.flatMap((step) => ("host" in step ? (step.host ?? []) : []));
  const ofStores = [...stores].map((id) => textOf(lookInto(root, ["stores", id, "host"])) ?? "local");
  const hosts = new Set<string>();
  const add = (id: string | undefined): void => {
    if (id === undefined || hosts.has(id)) return;
    hosts.add(id);
    for (const key of ["on", "of"]) add(textOf(lookInto(root, ["hosts", id, key])));
  };
  for (const id of [...named, ...ofStores]) add(id);
  return { stores, hosts };
}

export function unsetError(unset: readonly UnsetVariable[], system: SystemFile | undefined): LifeboatError {
  const names = [...new Set(unset.map((variable) => variable.name))];
  const places = unset.map((v) => `${v.path}:${v.line}:${v.column} (${v.at}) needs ${v.name}`);
  const dotenv = system?.dotenvFiles.map((file) => basename(file)) ?? [];
  const put =
    dotenv.length > 0 ? `, or write ${names.length === 1 ? "it" : "them"} into ${dotenv.join(" or ")}` : "";
  return new LifeboatError(EXIT.invalid, {
    what:
      names.length === 1
        ? `${names[0]} is not set`
        : `${names.length} variables are not set: ${names.join(", ")}`,
    where: places.join("\n"),
    next: `set ${names.length === 1 ? `it: export ${names[0]}=…` : `them: ${names.map((n) => `export ${n}=…`).join("; ")}`}${put}`,
  });
}
