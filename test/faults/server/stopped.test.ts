import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate } from "../../helpers/estate.ts";
import { expectOutcome, runOf } from "../outcome.ts";

let estate: Estate;
let slow: string;
beforeAll(async () => {
  estate = await openEstate();
  const plain = await estate.backup("plain");
  slow = plain.replace(".sql", "-slow.sql");
  // Half of the tables are loaded when this is reached.
  const dump = await readFile(plain, "utf8");
  await writeFile(slow, dump.replace(/^COPY public\.orders /m, "SELECT pg_sleep(3600);\n$&"));
});
afterAll(() => estate?.stop());

const sql = (text: string): Promise<string> => estate.server.psql("postgres", text);
const sleeping =
  "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND wait_event = 'PgSleep'";

test.each(["immediate", "fast"] as const)(
  "a server that stops (%s) in the middle of the restore leaves the live data whole",
  async (how) => {
    const before = await estate.snapshot();
    const running = estate.start(["run", "shop", "lost", "--live", "--confirm", "shop", "--backup", slow]);
    await expect.poll(() => sql(sleeping), { timeout: 30_000 }).toBe("1");
    await estate.server.halt(how);
    const ran = await running.ended;
    expectOutcome(
      ran,
      20,
      "likely: the server was stopped or crashed during the command",
      /next: start the server/,
      "shop is as it was: this run did not touch it",
    );
    await estate.server.start();
    const after = await estate.snapshot();
    expect(after["shop"]).toEqual(before["shop"]);
    // Plain SQL is one transaction: the copy is there and empty, and undo removes it.
    const copy = Object.keys(after).find((name) => name.startsWith("shop__restore_")) ?? "none";
    expect(after[copy]?.tables).toEqual({});
    expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "shop"]), 0);
    expect(await estate.snapshot()).toEqual(before);
  },
);

test("a server that is gone when the failed step is undone is said to be, and undo works once it is back", async () => {
  const before = await estate.snapshot();
  const args = [
    "run",
    "shop",
    "lost",
    "--live",
    "--confirm",
    "shop",
    "--backup",
    slow,
    "--on-failure",
    "undo",
  ];
  const running = estate.start(args);
  await expect.poll(() => sql(sleeping), { timeout: 30_000 }).toBe("1");
  await estate.server.halt("immediate");
  const ran = await running.ended;
  expectOutcome(
    ran,
    22,
    "FAILED, AND THE UNDO FAILED TOO",
    `lifeboat undo ${runOf(ran)}`,
    /next: start the server/,
  );
  await estate.server.start();
  expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "shop"]), 0);
  expect(await estate.snapshot()).toEqual(before);
});
