import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { usageError } from "../base/errors.ts";
import { runbookNames } from "./find.ts";
import { type Problem, sortProblems } from "./problem.ts";
import { readRunbook } from "./read-runbook.ts";
import { readSystem, SYSTEM_FILE, type SystemFile } from "./read-system.ts";
import { unsetProblem, type UnsetVariable } from "./resolved.ts";
import type { Env } from "./variables.ts";

export interface LintResult {
  problems: Problem[];
  /** How many files were read. */
  files: number;
}

/**
 * Checks folders of systems, single systems and single files. Unset variables are warnings here. Throws exit 2 for a
 * path that does not exist or holds no system.
 */
export async function lint(paths: readonly string[], env: Env): Promise<LintResult> {
  const results: LintResult[] = [];
  for (const path of new Set(paths)) results.push(await lintPath(path, env));
  return {
    problems: sortProblems(results.flatMap((result) => result.problems)),
    files: results.reduce((sum, result) => sum + result.files, 0),
  };
}

async function lintPath(path: string, env: Env): Promise<LintResult> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw usageError(`${path} does not exist`);
  if (found.isFile()) return lintFile(path, env);
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.map((entry) => entry.name).toSorted();
  if (names.includes(SYSTEM_FILE)) return lintSystem(path, names, env);
  const results: LintResult[] = [];
  for (const name of names) {
    const folder = join(path, name);
    const inside: string[] = await readdir(folder).catch(() => []);
    if (inside.includes(SYSTEM_FILE)) results.push(await lintSystem(folder, inside, env));
    else results.push({ problems: inside.some(isYaml) ? [noSystem(folder)] : [], files: 0 });
  }
  const problems = results.flatMap((result) => result.problems);
  const files = results.reduce((sum, result) => sum + result.files, 0);
  if (files === 0 && problems.length === 0)
    throw usageError(`${path} holds no system`, `a system is a folder with a ${SYSTEM_FILE}`);
  return { problems, files };
}

async function lintFile(path: string, env: Env): Promise<LintResult> {
  const folder = dirname(path);
  if (basename(path) === SYSTEM_FILE)
    return { problems: systemProblems(await readSystem(folder, env)), files: 1 };
  if (!path.endsWith(".yaml")) throw usageError(`${path} is not a .yaml file`);
  const isThere = await stat(join(folder, SYSTEM_FILE)).catch(() => undefined);
  if (isThere === undefined) throw usageError(`there is no ${SYSTEM_FILE} beside ${path}`);
  return { problems: await runbookProblems(path, await readSystem(folder, env)), files: 1 };
}

async function lintSystem(folder: string, names: readonly string[], env: Env): Promise<LintResult> {
  const system = await readSystem(folder, env);
  const runbooks = runbookNames(names);
  const problems = [...systemProblems(system), ...nameProblems(folder, names)];
  for (const name of runbooks)
    problems.push(...(await runbookProblems(join(folder, `${name}.yaml`), system)));
  return { problems, files: 1 + runbooks.length };
}

async function runbookProblems(path: string, system: SystemFile): Promise<Problem[]> {
  const { problems, unset } = await readRunbook(path, system);
  return [...problems, ...once(unset)];
}

const systemProblems = ({ problems, unset }: SystemFile): Problem[] => [...problems, ...once(unset)];

/** A variable is told of once for each file, where it is used first. */
function once(unset: readonly UnsetVariable[]): Problem[] {
  const first = new Map(unset.toReversed().map((variable) => [variable.name, variable]));
  return [...first.values()].map(unsetProblem);
}

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

const noSystem = (folder: string): Problem => ({
  path: folder,
  line: 1,
  column: 1,
  message: `is not read: it has no ${SYSTEM_FILE}`,
  severity: "warning",
});

/** Names that cannot be typed at the command line, or endings that are not looked for. */
function nameProblems(folder: string, names: readonly string[]): Problem[] {
  return names.filter(isYaml).flatMap((name): Problem[] => {
    const at = { path: join(folder, name), line: 1, column: 1 };
    if (name.endsWith(".yml")) return [{ ...at, message: "is not read: name it .yaml", severity: "warning" }];
    if (/^[a-z][a-z0-9-]*\.yaml$/.test(name)) return [];
    const message = "a runbook is named in lower case letters, digits and dashes, starting with a letter";
    return [{ ...at, message, severity: "error" }];
  });
}
