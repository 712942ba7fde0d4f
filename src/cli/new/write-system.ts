import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NewFile } from "../../author/draft.ts";
import { LifeboatError, usageError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { lint } from "../../runbook/lint.ts";
import { isError, type Problem, problemLine } from "../../runbook/problem.ts";
import type { World } from "../world.ts";

/** Throws exit 2 when the folder of the new system is there already and holds something. */
export async function refuseOverwrite(folder: string, shown: string): Promise<void> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" ? [] : [`(${error.code})`],
  );
  if (there.length === 0) return;
  throw usageError(
    `${shown} is there already: ${there.toSorted().join(", ")}`,
    "take another name, or move that folder away; nothing is ever overwritten",
  );
}

/**
 * Writes the files beside their place, lints them there, and only then gives the folder its name: what is there is whole
 * and clean. Gives lint's warnings. Throws exit 1 when lint finds an error, since these files are Lifeboat's own.
 */
export async function writeSystem(
  world: World,
  root: string,
  name: string,
  files: readonly NewFile[],
): Promise<Problem[]> {
  await mkdir(root, { recursive: true });
  const draft = join(root, `.${name}-${world.random(4)}`);
  try {
    const problems = await lintIn(world, draft, name, files);
    await rename(draft, join(root, name));
    return problems;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Lints files without leaving them anywhere. */
export async function lintOnly(world: World, name: string, files: readonly NewFile[]): Promise<Problem[]> {
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-new-"));
  try {
    return await lintIn(world, join(folder, name), name, files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function lintIn(
  world: World,
  folder: string,
  name: string,
  files: readonly NewFile[],
): Promise<Problem[]> {
  await mkdir(folder);
  for (const file of files) await writeFile(join(folder, file.name), file.text, { flag: "wx" });
  const { problems } = await lint([folder], world.env);
  const errors = problems.filter(isError);
  const told = (problem: Problem): Problem => ({ ...problem, path: problem.path.replace(folder, name) });
  if (errors.length > 0)
    throw new LifeboatError(EXIT.bug, {
      what: "the files that were made are not valid, so none was written",
      where: errors.map((problem) => problemLine(told(problem))).join("\n"),
      next: "look at them with --dry-run; this is a fault of Lifeboat, please report it",
    });
  return problems.map(told);
}
