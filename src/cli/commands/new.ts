import { readFile, stat } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import type { NewSystem } from "../../author/new-system.ts";
import { newSystem } from "../../author/new-system.ts";
import { type Procedure, readProcedure } from "../../author/procedure/read-procedure.ts";
import { findCandidates } from "../../author/found/find-candidates.ts";
import type { LookResult } from "../../author/look/look-result.ts";
import { clean, cleanLines } from "../../base/clean.ts";
import { messageOf, usageError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { runbookRoots } from "../../runbook/find.ts";
import { foundLines, madeLines } from "../new/say.ts";
import { lookAround, shown } from "../new/look-around.ts";
import {
  answersOf,
  backupFolder,
  checkBackupFolders,
  isAsking,
  isFolder,
  type NewFlags,
  storesToLeaveOut,
} from "../new/questions.ts";
import { lintOnly, refuseOverwrite, writeSystem } from "../new/write-system.ts";
import type { World } from "../world.ts";

const LARGEST = 2_000_000;

/** `lifeboat new <system>`: looks around, asks little, writes linted files; nothing is ever overwritten. */
export async function makeNew(world: World, name: string, flags: NewFlags): Promise<number> {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw usageError(
      `"${name}" cannot be a system's name`,
      "small letters, digits and dashes, beginning with a letter, e.g. shop or web-shop",
    );
  const root = runbookRoots(world.env, world.cwd, world.shipped)[0] ?? resolve(world.cwd, "runbooks");
  const folder = join(root, name);
  if (!flags.dryRun) await refuseOverwrite(folder, shown(folder, world.cwd));
  const procedure = flags.from === undefined ? undefined : await readFrom(world, flags.from);
  const application = await applicationFolder(world, flags.in);

  const look = await lookedAround(world, application, name, flags);
  if (look === undefined) return leave(world);
  const found = findCandidates(look, procedure?.stores ?? []);
  for (const line of foundLines(look, found, procedure)) world.stdout.write(`${clean(line)}\n`);
  if (isAsking(world, flags)) world.stdout.write("\n");
  const leaveOut = await storesToLeaveOut(
    world,
    found.map((one) => one.name),
    flags,
  );
  if (leaveOut === undefined) return leave(world);
  const answers = await answersOf(world, name, flags, defaultsOf(name, procedure));
  if (answers === undefined) return leave(world);

  const env = look.env.map(({ path }) => relative(folder, join(application, basename(path))));
  const made = newSystem(look, { ...answers, leaveOut }, env, procedure);
  const problems = flags.dryRun
    ? await showOnly(world, name, made)
    : await writeSystem(world, root, name, made.files);
  for (const line of madeLines({
    made,
    name,
    folder: shown(folder, world.cwd),
    problems,
    isDry: flags.dryRun,
    columns: world.stdout.columns ?? 100,
    procedure,
  }))
    world.stdout.write(`${clean(line)}\n`);
  return EXIT.done;
}

function leave(world: World): number {
  world.stdout.write("\nNothing was written.\n");
  return EXIT.refused;
}

async function lookedAround(
  world: World,
  folder: string,
  name: string,
  flags: NewFlags,
): Promise<LookResult | undefined> {
  await checkBackupFolders(flags, folder);
  const look = await lookAround(folder, world.cwd, name, flags.backups);
  if (look.backups.length > 0 || !isAsking(world, flags) || flags.from !== undefined) return look;
  const typed = await backupFolder(world);
  if (typed === undefined) return undefined;
  return typed === ""
    ? look
    : lookAround(folder, world.cwd, name, [...flags.backups, resolve(world.cwd, typed)]);
}

function defaultsOf(name: string, procedure: Procedure | undefined): Parameters<typeof answersOf>[3] {
  const { rto, rpo } = procedure?.settings.objectives ?? {};
  const known = new Set<"title" | "rto" | "rpo">(["title"]);
  if (rto !== undefined) known.add("rto");
  if (rpo !== undefined) known.add("rpo");
  const words = name.replaceAll("-", " ");
  return {
    title: `${words.charAt(0).toUpperCase()}${words.slice(1)}`,
    rto: rto ?? "4h",
    rpo: rpo ?? "24h",
    known,
  };
}

async function applicationFolder(world: World, given: string | undefined): Promise<string> {
  const folder = resolve(world.cwd, given ?? ".");
  if (!(await isFolder(folder))) throw usageError(`--in ${given ?? "."} is no folder`);
  return folder;
}

async function readFrom(world: World, path: string): Promise<Procedure> {
  const file = resolve(world.cwd, path);
  const size = await stat(file).then(
    (one) => one.size,
    () => 0,
  );
  if (size > LARGEST) throw usageError(`${path} is larger than 2 MB, which no procedure is`);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw usageError(`${path} cannot be read: ${messageOf(error)}`, "give the path of a Markdown file");
  });
  try {
    const procedure = readProcedure(basename(file), new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (procedure.scenarios.length === 0 && procedure.stores.length === 0)
      throw usageError(
        `${path} holds no steps: no shell block, no numbered or ticked list`,
        "give the procedure itself, in Markdown",
      );
    return procedure;
  } catch (error) {
    if (error instanceof TypeError)
      throw usageError(`${path} is not UTF-8 text`, "save it as Markdown in UTF-8");
    throw error;
  }
}

/** Prints every file, then lints them: what is shown is what would be written. */
async function showOnly(
  world: World,
  name: string,
  made: NewSystem,
): Promise<Awaited<ReturnType<typeof lintOnly>>> {
  for (const { name: file, text } of made.files)
    world.stdout.write(`\n──── ${name}/${file}\n${cleanLines(text).join("\n")}`);
  world.stdout.write("\n");
  return lintOnly(world, name, made.files);
}
