import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { planSchema } from "../../src/plan/plan-schema.ts";
import { expectOutcome } from "../faults/outcome.ts";
import { RealTerminal } from "../tui/terminal.ts";
import { type BringUpEstate, openBringUpEstate, type Starts, WAIT } from "../helpers/bring-up-estate.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const PATIENCE = 20_000;

let estate: BringUpEstate;
let starts: Starts = "at once";
beforeAll(async () => void (estate = await openBringUpEstate(() => starts)));
afterAll(() => estate?.stop());
beforeEach(async () => {
  starts = "at once";
  await estate.up();
  await estate.useRunbook(WAIT);
});

const manual = (id: string, more = ""): string => `  - { id: ${id}, kind: manual, instructions: x${more} }\n`;

test("everything is down: the servers are brought up, then the whole is planned and run, and time counts from the first", async () => {
  starts = "never";
  const before = await estate.lose();
  const args = ["run", "shop", "lost", "--live", "--confirm", "shop", "--backup", estate.backupPath];
  const going = estate.start(args);
  // It comes up by itself, a while after it was told to.
  await going.until(/LIVE waiting/);
  await estate.up();
  const ran = await going.ended;
  expectOutcome(ran, 0, "SERVERS ARE UP", "The servers are up. The rest is planned and run now", "RECOVERED");
  expect(ran.stdout).toMatch(/waiting +2\/2 Wait for database: for database to answer: .*\(\d+ s\)/);
  expect(await estate.rows()).toBe(before);
  const [second = "", first = ""] = await estate.runs();
  const plans = { first: await estate.planOf(first), second: await estate.planOf(second) };
  expect(plans.first).toMatchObject({ title: "Database lost: bring-up", backups: [], loses: [] });
  expect(plans.first.steps.map(({ id }) => id)).toEqual(["start", "answers"]);
  const startedAt = estate.eventsOf(first)[0]?.at;
  expect(plans.second.continues).toEqual({ run: first, startedAt });
  expect(plans.second.steps.map(({ kind }) => kind)).not.toContain("command");
  // Nothing was recovered by the first: it measured no objective.
  const [one = "", other = ""] = ran.stdout.split("The rest is planned and run now");
  expect(one).not.toContain("RTO");
  expect(other).toMatch(new RegExp(`RTO +met: took .* since ${first} began`));
});

test("everything answers: one plan, what brings up comes first, and all else needs it", async () => {
  const plan = await estate.lifeboat(["plan", "shop", "lost", "--backup", estate.backupPath, "--json"]);
  const { steps, bringsUp } = planSchema.parse(JSON.parse(plan.stdout));
  expect(bringsUp).toBeUndefined();
  expect(steps.slice(0, 3).map(({ id, needs }) => [id, needs])).toEqual([
    ["start", []],
    ["answers", ["start"]],
    [expect.stringMatching(/^restore\./), ["answers"]],
  ]);
  expect(steps.filter(({ needs }) => needs.length === 0).map(({ id }) => id)).toEqual(["start"]);
});

test("looking changes nothing: a plan of servers that are down says what it could not know; a drill is refused", async () => {
  await estate.down();
  const runs = await estate.runs();
  estate.manager.asked.length = 0;
  const plan = await estate.lifeboat(["plan", "shop", "lost", "--backup", estate.backupPath]);
  expectOutcome(plan, 0, /warning +store database does not answer .* live, bring-up is run first/);
  expect(plan.stdout).toMatch(
    /\n +1 .* Start the database server\n[^]*\n +2 .* Wait for database\n[^]* Swap\n/,
  );
  expectOutcome(
    await estate.run("--drill"),
    11,
    "the server of store database cannot be asked who it is",
    "changed: nothing",
  );
  expect(await estate.runs()).toEqual(runs);
  expectOutcome(await estate.run("--dry-run"), 11);
  expect(estate.manager.asked).toEqual([]);
  await estate.up();
});

test("without its confirmation not even the bring-up begins", async () => {
  await estate.down();
  estate.manager.asked.length = 0;
  expectOutcome(await estate.run("--live"), 30, "give --confirm shop");
  expect(estate.manager.asked).toEqual([]);
  await estate.up();
});

test("flags answer the gates of both runs, and a step that was left out is a deviation of the run it belongs to", async () => {
  await estate.useRunbook(
    WAIT + manual("cable") + manual("pager", ", optional: nobody is called"),
    manual("tell"),
  );
  await estate.down();
  const open = await estate.live();
  expectOutcome(open, 30, "--done cable");
  await estate.up();
  await estate.down();
  const both = await estate.live(
    "--done",
    "cable",
    "--done",
    "tell",
    "--leave-out",
    "pager",
    "--because",
    "it is noon",
  );
  expectOutcome(both, 23, "SERVERS ARE UP WITH 1 DEVIATION", "RECOVERED");
  const [second = ""] = await estate.runs();
  expect((await estate.planOf(second)).leftOut).toBeUndefined();
});

test("a runbook that brings servers up is certified at every boundary", async () => {
  const certified = await estate.lifeboat(["certify", "shop", "lost"]);
  expectOutcome(certified, 0, "PASSED", "Wait for database");
});

test("at the screens the way leads from the bring-up's result to the plan of the whole, and to a recovered database", async () => {
  const before = await estate.lose();
  const screen = new RealTerminal(
    PROGRAM,
    ["run", "shop", "lost", "--live", "--backup", estate.backupPath],
    80,
    24,
    estate.env,
  );
  try {
    const start = async (): Promise<void> => {
      await screen.press("g");
      await screen.until("name of what is changed", PATIENCE);
      await screen.press(..."shop", "enter");
    };
    await screen.until(/only brings the servers up[^]*go on/, PATIENCE);
    await start();
    await screen.until(/SERVERS ARE UP[^]*plan the rest/, PATIENCE);
    await screen.press("enter");
    await screen.until(/which brought the servers up[^]*go on/, PATIENCE);
    await start();
    await screen.until("Type the name of the database", PATIENCE);
    await screen.press(..."shop", "enter");
    await screen.until(/RECOVERED[^]*close/, PATIENCE);
    await screen.press("q");
    expect(await screen.exited).toBe(0);
  } finally {
    screen.end();
  }
  expect(await estate.rows()).toBe(before);
  const [second = "", first = ""] = await estate.runs();
  expect((await estate.planOf(second)).continues?.run).toBe(first);
});
