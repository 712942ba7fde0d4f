import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EXIT } from "../../src/base/exit-codes.ts";
import { refuseUnderLaterRestore } from "../../src/cli/later-restores.ts";
import { readRun } from "../../src/cli/run-folder.ts";
import { openWorld } from "../../src/cli/world.ts";
import { openJournal } from "../../src/journal/append.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import type { Step } from "../../src/step/step.ts";
import { atSecond, ended, opened, over, started } from "../journal/events.ts";
import { plan } from "../report/run.ts";

const found = plan.steps.find((step) => step.kind === "restore" && step.undo !== undefined);
if (found === undefined) throw new Error("the plan has no step that can be undone");
const swap: Step = { ...found, touchesLive: true };

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lifeboat-later-"));
});
afterEach(() => rmSync(home, { recursive: true }));

/** A run that began to swap at this second; its id says when it was opened. */
function swapped(opening: string, second: number, takenBack?: "undo" | "cleanup"): string {
  const one: Plan = { ...plan, steps: [swap], run: `${opening}-shop-database-lost-k3f9` };
  const folder = join(home, "runs", one.run);
  const { id } = swap;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plan.json"), JSON.stringify(one));
  const clock = { now: () => new Date(atSecond(second)), mono: () => second * 1000 };
  const journal = openJournal(join(folder, "journal.jsonl"), clock, (text) => text);
  const back = takenBack === undefined ? [] : [started(`${takenBack} ${id}`), ended(`${takenBack} ${id}`)];
  for (const event of [{ ...opened, run: one.run }, started(id), ended(id), over(0, "RECOVERED"), ...back])
    journal.append(event);
  journal.close();
  return folder;
}

const undo = (folder: string) => () =>
  refuseUnderLaterRestore({ ...openWorld(), home }, readRun(folder), [swap]);

const firstOf = (folder: string) =>
  expect.objectContaining({
    exit: EXIT.usage,
    facts: expect.objectContaining({ next: expect.stringContaining(`undo ${folder.split("/").at(-1)}`) }),
  });

test("a run that was opened first and swapped last, behind its gate or resumed, is the one to undo first", () => {
  const waited = swapped("20261120T110000", 50);
  const quick = swapped("20261120T110010", 20);
  expect(undo(quick)).toThrow(firstOf(waited));
  expect(undo(waited)).not.toThrow();
});

test("of several later ones the last is named; those undone or cleaned up are in nobody's way", () => {
  const oldest = swapped("20261120T110000", 0);
  swapped("20261120T110010", 10);
  const latest = swapped("20261120T110020", 20);
  swapped("20261120T110030", 30, "undo");
  swapped("20261120T110040", 40, "cleanup");
  expect(undo(oldest)).toThrow(firstOf(latest));
  expect(undo(latest)).not.toThrow();
});
