import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { expectOutcome } from "../faults/outcome.ts";
import { type Estate, openEstate } from "../helpers/estate.ts";
import { RealTerminal } from "../tui/terminal.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const PATIENCE = 20_000;

const RUNBOOK = `title: Two things
scenario: one of them can wait
steps:
  - { id: first, kind: command, effect: reversible, run: [echo, the first has run] }
  - { id: metrics, title: Bring back the metrics, kind: command, effect: reversible, optional: only history is lost, run: [echo, the metrics have run] }
  - { id: last, kind: command, effect: reversible, run: [echo, the last has run] }
`;

let estate: Estate;
let terminal: RealTerminal | undefined;
beforeAll(async () => {
  estate = await openEstate();
  await estate.writeRunbook("two", RUNBOOK);
});
afterEach(() => terminal?.end());
afterAll(() => estate?.stop());

const run = (...args: string[]) =>
  estate.lifeboat(["run", "shop", "two", "--live", "--confirm", "shop", ...args]);

test("an optional step is left out with its reason in plan, result and report; the others run", async () => {
  const ran = await run("--leave-out", "metrics", "--because", "users wait");
  expectOutcome(ran, 23, "DONE WITH 1 DEVIATION");
  const { stdout } = await estate.lifeboat(["report", "latest"]);
  expect(stdout).toContain("left out: Bring back the metrics; then only history is lost");
  expect(stdout).toContain("users wait");
  const transcript = (await estate.lifeboat(["transcript", "show", "latest"])).stdout;
  expect(transcript).toContain("the last has run");
  expect(transcript).not.toContain("the metrics have run");
});

test("leaving out without a reason, what is not optional, and what is not there is refused", async () => {
  const runs = (await estate.runs()).length;
  expectOutcome(await run("--leave-out", "metrics"), 2, "--leave-out needs a reason");
  expectOutcome(
    await run("--leave-out", "first", "--because", "x"),
    2,
    "step first of two is not optional",
    "metrics",
  );
  expectOutcome(await run("--leave-out", "other", "--because", "x"), 2, 'two has no step "other"', "metrics");
  expect(await estate.runs()).toHaveLength(runs);
});

test("on the plan screen x leaves the marked optional step out, and the plan is made anew", async () => {
  terminal = new RealTerminal(PROGRAM, ["run", "shop", "two", "--live"], 80, 24, {
    LANG: "C.UTF-8",
    ...estate.env,
  });
  await terminal.until("Bring back the metrics", PATIENCE);
  await terminal.press("down", "x");
  await terminal.until("Why can it be left out?", PATIENCE);
  await terminal.press(..."users wait", "enter");
  await terminal.until("(users wait)", PATIENCE);
  expect(terminal.screen().join("\n")).toContain("2 steps");
});
