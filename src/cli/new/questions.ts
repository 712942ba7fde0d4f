import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { usageError } from "../../base/errors.ts";
import { parseDuration } from "../../base/duration.ts";
import type { Answers } from "../../author/system-draft.ts";
import { askLine } from "../ask-line.ts";
import type { World } from "../world.ts";

export interface NewFlags {
  in: string | undefined;
  from: string | undefined;
  dryRun: boolean;
  yes: boolean;
  title: string | undefined;
  environment: string | undefined;
  rto: string | undefined;
  rpo: string | undefined;
  backups: string[];
  leaveOut: string[];
}

export interface Defaults {
  title: string;
  rto: string;
  rpo: string;
  /** Where a default comes from, when it is no guess. */
  known: ReadonlySet<"title" | "environment" | "rto" | "rpo">;
}

type Key = "title" | "environment" | "rto" | "rpo";

interface Question {
  key: Key;
  asks: string;
  fallback: string;
  fault?: (answer: string) => string | undefined;
}

const duration = (answer: string): string | undefined =>
  parseDuration(answer) === undefined ? 'a duration such as "30m", "4h" or "1d"' : undefined;

/** The few things no file tells. At a terminal they are asked; elsewhere the default is taken, and said. */
export async function answersOf(
  world: World,
  name: string,
  flags: NewFlags,
  defaults: Defaults,
): Promise<Answers | undefined> {
  const questions: Question[] = [
    { key: "title", asks: "What is it, in a few words?", fallback: defaults.title },
    { key: "environment", asks: "Which environment?", fallback: "production" },
    { key: "rto", asks: "How long may recovery take?", fallback: defaults.rto, fault: duration },
    {
      key: "rpo",
      asks: "How much time's worth of writes may be lost?",
      fallback: defaults.rpo,
      fault: duration,
    },
  ];
  const guessed = new Set<Key>();
  const given: Partial<Record<Key, string>> = {};
  const taken: string[] = [];
  for (const question of questions) {
    const answer = await answerTo(world, question, flags);
    if (answer === undefined) return undefined;
    given[question.key] = answer.text;
    if (answer.how === "default" && !defaults.known.has(question.key)) guessed.add(question.key);
    if (answer.how === "default") taken.push(`${question.key} "${answer.text}" (--${question.key})`);
  }
  if (!isAsking(world, flags) && taken.length > 0)
    world.stderr.write(`Nobody was asked; taken: ${taken.join(", ")}.\n`);
  return {
    name,
    title: given.title ?? name,
    environment: given.environment ?? "production",
    rto: given.rto ?? "4h",
    rpo: given.rpo ?? "24h",
    guessed,
    leaveOut: new Set(flags.leaveOut),
  };
}

export const isAsking = (world: World, flags: NewFlags): boolean => world.interactive && !flags.yes;

async function answerTo(
  world: World,
  { key, asks, fallback, fault }: Question,
  flags: NewFlags,
): Promise<{ text: string; how: "flag" | "typed" | "default" } | undefined> {
  const flag = flags[key];
  if (flag !== undefined) {
    const wrong = fault?.(flag);
    if (wrong !== undefined) throw usageError(`--${key} "${flag}" is not ${wrong}`);
    return { text: flag, how: "flag" };
  }
  if (!isAsking(world, flags)) return { text: fallback, how: "default" };
  for (;;) {
    const typed = await askLine(world, `${asks} [${fallback}] `);
    if (typed === undefined) return undefined;
    // Enter takes what was shown: it was looked at, and is no guess.
    if (typed === "") return { text: fallback, how: "typed" };
    const wrong = fault?.(typed);
    if (wrong === undefined) return { text: typed, how: "typed" };
    world.stdout.write(`  that is not ${wrong}\n`);
  }
}

/** Which of the stores that were found to leave out; undefined when the operator went away. */
export async function storesToLeaveOut(
  world: World,
  found: readonly string[],
  flags: NewFlags,
): Promise<Set<string> | undefined> {
  const unknown = flags.leaveOut.find((name) => !found.includes(name));
  if (unknown !== undefined)
    throw usageError(
      `--leave-out "${unknown}": there is no such store`,
      `found: ${found.join(", ") || "none"}`,
    );
  if (!isAsking(world, flags) || found.length === 0 || flags.leaveOut.length > 0)
    return new Set(flags.leaveOut);
  for (;;) {
    const typed = await askLine(world, "Leave any of them out? (names, Enter for none) ");
    if (typed === undefined) return undefined;
    const words = typed.split(/[\s,]+/).filter((word) => word !== "" && word !== "none");
    const wrong = words.filter((word) => !found.includes(word));
    if (wrong.length === 0) return new Set(words);
    world.stdout.write(`  not among them: ${wrong.join(", ")}\n`);
  }
}

/** Where backups lie, when none were found; a folder that is not there is asked for again. */
export async function backupFolder(world: World): Promise<string | undefined> {
  for (;;) {
    const typed = await askLine(
      world,
      "No backups were found. In which folder do they lie? (Enter: not known yet) ",
    );
    if (typed === undefined || typed === "" || (await isFolder(resolve(world.cwd, typed)))) return typed;
    world.stdout.write(`  there is no folder ${typed}\n`);
  }
}

/** --backups: what was named by hand has to be there. */
export async function checkBackupFolders(flags: NewFlags, folder: string): Promise<void> {
  for (const path of flags.backups)
    if (!(await isFolder(resolve(folder, path)))) throw usageError(`--backups ${path} is no folder`);
}

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (one) => one.isDirectory(),
    () => false,
  );
