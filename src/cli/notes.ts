import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { usageError } from "../base/errors.ts";
import { count } from "../base/size.ts";
import { emit, type RunContext } from "../engine/run-context.ts";
import { openJournal } from "../journal/append.ts";
import { createRedactor } from "../journal/redact.ts";
import { lockJournal } from "./journal-lock.ts";
import { readRun, runFolder } from "./run-folder.ts";
import { isRunning } from "./unfinished.ts";
import type { World } from "./world.ts";

/** A note is a remark, no log file: the whole of it is read by people, in the report too. */
const LONGEST = 4_000;
const EVERY_MS = 300;
/** How long a running Lifeboat is given to take a note. */
const PATIENCE_MS = 3_000;

const noteSchema = z.object({ text: z.string().max(LONGEST), by: z.string().max(200) });
type Note = z.infer<typeof noteSchema>;

const inbox = (folder: string): string => join(folder, "notes");

/**
 * Adds a note to a run's journal. Only one process may write a journal: while the run goes on the note is laid into the
 * run's `notes` folder, from where the running Lifeboat takes it. Throws exit 2 for a note that is empty or too long.
 */
export async function addNote(
  world: World,
  wanted: string,
  text: string,
): Promise<"written" | "handed over"> {
  const note = { text: noteText(text), by: `${world.operator}@${world.machine}` };
  const folder = runFolder(world, wanted);
  if (!isRunning(world, readRun(folder))) {
    await writeNote(world, folder, note);
    return "written";
  }
  const path = layDown(world, folder, note);
  const until = world.clock.mono() + PATIENCE_MS;
  while (isThere(path) && world.clock.mono() < until) {
    await pause(50);
    // It ended, or died, in this moment: nobody else will take it.
    if (!isRunning(world, readRun(folder)) && take(path)) {
      await writeNote(world, folder, note);
      return "written";
    }
  }
  return "handed over";
}

function noteText(text: string): string {
  const trimmed = text.toWellFormed().trim();
  if (trimmed === "") throw usageError("the note is empty", 'lifeboat note <run> "what you want to be kept"');
  if (trimmed.length <= LONGEST) return trimmed;
  throw usageError(
    `the note has ${count(trimmed.length)} characters, ${count(LONGEST)} are kept`,
    "say in a sentence what matters and where the rest lies",
  );
}

function layDown(world: World, folder: string, note: Note): string {
  const name = `${world.clock.now().toISOString()}-${world.random(4)}.json`;
  mkdirSync(inbox(folder), { recursive: true, mode: 0o700 });
  const path = join(inbox(folder), name);
  writeFileSync(join(inbox(folder), `.${name}`), JSON.stringify(note), { mode: 0o600 });
  renameSync(join(inbox(folder), `.${name}`), path);
  return path;
}

/** Appends to the journal of a run nobody works on. Throws exit 31 when somebody else keeps it, 2 before it has begun. */
async function writeNote(world: World, folder: string, note: Note): Promise<void> {
  const unlock = await soonLocked(world, readRun(folder).run);
  try {
    // Read anew under the lock: somebody may have written since.
    const { reading, run } = readRun(folder);
    if (reading.events.length === 0) throw usageError(`run ${run} has not begun`, "try again in a moment");
    const redact = createRedactor([]).text;
    const journal = openJournal(join(folder, "journal.jsonl"), world.clock, redact, reading.after);
    journal.append({ type: "note", ...note });
    journal.close();
  } finally {
    unlock();
  }
}

/** Another note keeps the journal for a moment only. */
async function soonLocked(world: World, run: string): Promise<() => void> {
  const until = world.clock.mono() + PATIENCE_MS;
  for (;;) {
    try {
      return lockJournal(world, run);
    } catch (error) {
      if (world.clock.mono() > until) throw error;
      await pause(20);
    }
  }
}

/** Takes notes that others lay into the run's folder into its journal, every now and then and whenever `take` is called. */
export function takeNotes(context: RunContext): { take: () => void; stop: () => void } {
  const folder = inbox(context.folder);
  const takeAll = (): void => {
    for (const name of names(folder)) {
      const note = readNote(join(folder, name));
      if (take(join(folder, name)) && note) emit(context, { type: "note", ...note });
    }
  };
  const timer = setInterval(() => {
    try {
      takeAll();
    } catch {
      // A note must not end a recovery; that the journal cannot be written is told by the next step.
    }
  }, EVERY_MS);
  return { take: takeAll, stop: () => clearInterval(timer) };
}

/** What is no note (too long, not JSON) is thrown away: anybody may lay something there. */
function readNote(path: string): Note | undefined {
  try {
    if (statSync(path).size > 8 * LONGEST) return undefined;
    return noteSchema.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** Only one of two gets it. */
function take(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    rmSync(path, { recursive: true, force: true });
    return false;
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith("."))
      .toSorted();
  } catch {
    // Nobody has written a note yet.
    return [];
  }
}
