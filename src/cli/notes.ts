import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { emit, type RunContext } from "../engine/run-context.ts";
import { openJournal } from "../journal/append.ts";
import { createRedactor } from "../journal/redact.ts";
import { readRun, runFolder } from "./run-folder.ts";
import { isRunning } from "./unfinished.ts";
import type { World } from "./world.ts";

const noteSchema = z.object({ text: z.string(), by: z.string() });
const EVERY_MS = 300;

const inbox = (folder: string): string => join(folder, "notes");

/**
 * Adds a note to a run's journal. Only one process may write a journal: while the run goes on the note is laid into the
 * run's `notes` folder, from where the running Lifeboat takes it.
 */
export function addNote(world: World, wanted: string, text: string): "written" | "handed over" {
  const record = readRun(runFolder(world, wanted));
  const note = { text, by: `${world.operator}@${world.machine}` };
  if (isRunning(world, record)) {
    const name = `${world.clock.now().toISOString()}-${world.random(4)}.json`;
    mkdirSync(inbox(record.folder), { recursive: true, mode: 0o700 });
    writeFileSync(join(inbox(record.folder), `.${name}`), JSON.stringify(note), { mode: 0o600 });
    renameSync(join(inbox(record.folder), `.${name}`), join(inbox(record.folder), name));
    return "handed over";
  }
  const path = join(record.folder, "journal.jsonl");
  const journal = openJournal(path, world.clock, createRedactor([]).text, record.reading.after);
  journal.append({ type: "note", ...note });
  journal.close();
  return "written";
}

/** Takes notes that others lay into the run's folder into its journal, every now and then and whenever `take` is called. */
export function takeNotes(context: RunContext): { take: () => void; stop: () => void } {
  const folder = inbox(context.folder);
  const take = (): void => {
    for (const name of names(folder)) {
      const path = join(folder, name);
      const parsed = noteSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
      rmSync(path);
      if (parsed.success) emit(context, { type: "note", ...parsed.data });
    }
  };
  const timer = setInterval(take, EVERY_MS);
  return { take, stop: () => clearInterval(timer) };
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
