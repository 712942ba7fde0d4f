import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EXIT } from "../../src/base/exit-codes.ts";
import { restingRun } from "../../src/cli/past-run.ts";
import { openWorld } from "../../src/cli/world.ts";
import { openJournal } from "../../src/journal/append.ts";
import { sumOfStart } from "../../src/journal/file-sum.ts";
import { opened, over } from "../journal/events.ts";
import { plan } from "../report/run.ts";

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lifeboat-past-"));
  folder = join(home, "runs", plan.run);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
});
afterEach(() => rmSync(home, { recursive: true }));

function journal(): void {
  const clock = { now: () => new Date(), mono: () => 1 };
  const open = openJournal(join(folder, "journal.jsonl"), clock, (text) => text);
  const planFile = sumOfStart(join(folder, "plan.json"));
  open.append({ ...opened, ...(planFile === undefined ? {} : { planFile }) });
  open.append(over(0, "RECOVERED"));
  open.close();
}

const rest = () => restingRun({ ...openWorld(), home }, plan.run);
const refused = (what: string) =>
  expect.objectContaining({ exit: EXIT.failed, facts: expect.objectContaining({ what }) });

function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test("a run whose plan and journal are whole is taken up", () => {
  journal();
  expect(rest().run).toBe(plan.run);
});

test("commands of a plan that somebody edited after the run are not run", () => {
  journal();
  writeFileSync(join(folder, "plan.json"), JSON.stringify({ ...plan, title: "Another one" }));
  expect(thrown(rest)).toEqual(
    refused("this plan was changed after the run began, so it is no basis for commands"),
  );
});

test("a plan cut in half is no bug of Lifeboat's", () => {
  journal();
  writeFileSync(join(folder, "plan.json"), JSON.stringify(plan).slice(0, 90));
  expect(thrown(rest)).toEqual(refused("the plan of this run cannot be read"));
});

test("a run without a journal is not guessed at", () => {
  expect(thrown(rest)).toEqual(refused("this run has no journal, so nobody knows what it did"));
});

test("a run killed before its first line was on disk is known to have changed nothing", () => {
  for (const text of ["", '{"seq":1,"at":"2026-']) {
    writeFileSync(join(folder, "journal.jsonl"), text);
    const what = "this run stopped before its first line was written: it changed nothing";
    expect(thrown(rest)).toMatchObject({ exit: EXIT.usage, facts: { what } });
  }
});

test("a changed journal is no basis for commands", () => {
  journal();
  appendFileSync(join(folder, "journal.jsonl"), "{}\n");
  expect(thrown(rest)).toEqual(refused("this journal was changed, so it is no basis for commands"));
});
