import { Turn } from "../../src/engine/turn.ts";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeBack } from "../../src/engine/undo-steps.ts";
import type { RunContext } from "../../src/engine/run-context.ts";
import { createLauncher } from "../../src/hosts/launcher.ts";
import { openJournal } from "../../src/journal/append.ts";
import { RunFeed } from "../../src/journal/feed.ts";
import { readJournal } from "../../src/journal/read.ts";
import { createRedactor } from "../../src/journal/redact.ts";
import { fakePlan } from "../tui/fake-plan.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lifeboat-undo-"));
  mkdirSync(join(folder, "output"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const unused = (): never => {
  throw new Error("an undo asks nothing and reads no artifact");
};

function contextOf(): RunContext {
  const clock = { now: () => new Date(), mono: () => performance.now() };
  const redactor = createRedactor([]);
  return {
    plan: fakePlan("live"),
    folder,
    journal: openJournal(join(folder, "journal.jsonl"), clock, redactor.text),
    feed: new RunFeed(() => 0),
    clock,
    sleep: unused,
    launch: createLauncher({ env: { PATH: "/nowhere" }, secret: () => undefined, allow: "everything" }),
    redactor,
    judges: new Map(),
    inspect: unused,
    ask: unused,
    identify: unused,
    identifyHost: async () => ({}),
    stop: new AbortController(),
    facts: new Map(),
    gates: new Turn(),
    lockLost: () => undefined,
  };
}

test("an undo whose program is missing is a failed undo in the journal, not a crash", async () => {
  const context = contextOf();
  const step = context.plan.steps.find((one) => one.undo);
  if (!step) throw new Error("the plan has an undo");
  const failure = await takeBack(context, step, "undo");
  context.journal.close();
  expect(failure?.what).toBe("psql could not be started");
  expect(readJournal(join(folder, "journal.jsonl")).events.at(-1)).toMatchObject({
    type: "step.ended",
    step: `undo ${step.id}`,
    result: "failed",
    error: { what: "psql could not be started" },
  });
});
