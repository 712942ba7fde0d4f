import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { JournalEvent } from "../../src/journal/events.ts";

export interface FoundRun {
  run: string;
  folder: string;
  /** Whole lines only. */
  events: JournalEvent[];
}

/** The one run below a home, read without the program's own reader; undefined when none was begun. */
export async function findRun(home: string): Promise<FoundRun | undefined> {
  const runs = join(home, "lifeboat", "runs");
  const [run] = await readdir(runs).catch(() => []);
  if (run === undefined) return undefined;
  const text = await readFile(join(runs, run, "journal.jsonl"), "utf8").catch(() => "");
  const events = text
    .split("\n")
    .slice(0, -1)
    .map((line): JournalEvent => JSON.parse(line));
  return { run, folder: join(runs, run), events };
}

/** The first line whose `prev` is not the sum of the line before it. */
export function brokenLink(text: string): number | undefined {
  let prev = createHash("sha256").digest("hex");
  for (const [index, line] of text.split("\n").slice(0, -1).entries()) {
    const event: { prev: string } = JSON.parse(line);
    if (event.prev !== prev) return index + 1;
    prev = createHash("sha256").update(`${line}\n`).digest("hex");
  }
  return undefined;
}

/** Whether a command of this step was announced; `index` when it has to be a certain one. */
export function announced(events: readonly JournalEvent[], step: string, index?: number): boolean {
  return events.some(
    (e) => e.type === "command.started" && e.step === step && (index === undefined || e.index >= index),
  );
}

/** What the journal says was begun again although it was done, a line each. */
export function repeated(events: readonly JournalEvent[]): string[] {
  const done = new Set<string>();
  const told = new Set<string>();
  const problems: string[] = [];
  for (const event of events) {
    if (event.type === "step.ended" && event.result === "done") done.add(event.step);
    if (event.type === "probe.answered" && event.answer === "DONE") told.add(event.step);
    if (event.type === "step.started" && done.has(event.step))
      problems.push(`line ${event.seq}: step ${event.step} was done and is started again`);
    if (event.type === "command.started" && (done.has(event.step) || told.has(event.step)))
      problems.push(
        `line ${event.seq}: step ${event.step} was done and its command ${event.index} runs again`,
      );
  }
  return problems;
}
