import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Death } from "../chaos/die-at.ts";
import { killedAt } from "../chaos/killed-at.ts";
import { expectOutcome } from "../faults/outcome.ts";
import {
  type BringUpEstate,
  openBringUpEstate,
  restIn,
  type Starts,
  WAIT,
} from "../helpers/bring-up-estate.ts";

let estate: BringUpEstate;
let starts: Starts = "at once";
beforeAll(async () => void (estate = await openBringUpEstate(() => starts)));
afterAll(() => estate?.stop());
beforeEach(async () => {
  starts = "at once";
  await estate.up();
  await estate.useRunbook(WAIT);
});

test("green and yet silent: what is done and what is missing is said, and the command it names goes on later", async () => {
  const before = await estate.lose();
  starts = "never";
  await estate.useRunbook("");
  const ran = await estate.live();
  const [first = ""] = await estate.runs();
  expectOutcome(
    ran,
    11,
    "SERVERS ARE UP",
    "the server of store database still cannot be asked who it is",
    `changed: the bring-up is done, by run ${first}`,
    /next: start the server.*; then go on with: lifeboat run shop lost --live /,
  );
  const rest = restIn(ran.stderr);
  expectOutcome(await estate.lifeboat([...rest, "--confirm", "shop"]), 11, "still cannot be asked");
  await estate.up();
  expectOutcome(await estate.lifeboat([...rest, "--confirm", "shop"]), 0, "RECOVERED");
  const [second = ""] = await estate.runs();
  expect((await estate.planOf(second)).continues?.run).toBe(first);
  expect(await estate.rows()).toBe(before);
});

test("a bring-up that fails is resumed, and then says which command goes on", async () => {
  const before = await estate.lose();
  starts = "never";
  await estate.useRunbook(WAIT.replace("20s", "1s"));
  const failed = await estate.live();
  expectOutcome(
    failed,
    20,
    "FAILED",
    /waited \d+(\.\d)? s for database to answer, asked \d+ times; the last answer:/,
  );
  expect(failed.stdout).not.toContain("to plan and run the rest");
  const [first = ""] = await estate.runs();
  expectOutcome(
    await estate.lifeboat(["run", "shop", "lost", "--live", "--confirm", "shop", "--continues", first]),
    2,
    "is not done",
  );
  await estate.up();
  const resumed = await estate.lifeboat(["resume", first, "--confirm", "shop", "--accept-changes"]);
  expectOutcome(resumed, 0, "SERVERS ARE UP");
  expectOutcome(await estate.lifeboat([...restIn(resumed.stdout), "--confirm", "shop"]), 0, "RECOVERED");
  expect(await estate.rows()).toBe(before);
});

test.each<[where: string, further: number, when: Death["when"]]>([
  ["behind the last word of the first", 0, "synced"],
  ["before the first word of the second", 1, "before"],
  ["behind the first word of the second", 1, "written"],
])("killed %s: the way on is named, and leads to the end", async (_where, further, when) => {
  const before = await estate.lose();
  const whole = await estate.live();
  expectOutcome(whole, 0);
  const lines = estate.eventsOf((await estate.runs())[1] ?? "").length;
  await estate.server.psql("shop", "DELETE FROM items; DELETE FROM orders");
  await estate.down();
  const death = killedAt({ line: lines + further, when, ms: 0, power: false });
  const killed = await estate.lifeboat(
    ["run", "shop", "lost", "--backup", estate.backupPath, "--live", "--confirm", "shop"],
    death,
  );
  expect(killed.code).not.toBe(0);
  const bringUp = /run (\d{8}T\S+)/.exec(killed.stdout)?.[1] ?? "";
  expectOutcome(await estate.lifeboat(["runs"]), 0, new RegExp(`${bringUp}  exit 0  SERVERS ARE UP`));
  const over = await estate.lifeboat(["resume", bringUp]);
  expectOutcome(over, 2, "every step is done");
  expectOutcome(await estate.lifeboat([...restIn(over.stderr), "--confirm", "shop"]), 0, "RECOVERED");
  expect(await estate.rows()).toBe(before);
  expect((await estate.planOf((await estate.runs())[0] ?? "")).continues?.run).toBe(bringUp);
});

test("a run that is no bring-up of this runbook cannot be continued", async () => {
  expectOutcome(await estate.live(), 0);
  const [whole = ""] = await estate.runs();
  expectOutcome(
    await estate.live("--continues", whole),
    2,
    "is no bring-up that a live run of shop lost could continue",
  );
  expectOutcome(await estate.live("--continues", "nothing"), 2, 'unknown run "nothing"');
});
