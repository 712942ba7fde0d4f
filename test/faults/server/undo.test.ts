import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate } from "../../helpers/estate.ts";
import { expectOutcome, runOf } from "../outcome.ts";

let estate: Estate;
let backup: string;
beforeAll(async () => {
  estate = await openEstate();
  backup = await estate.backup();
});
afterAll(() => estate?.stop());

const sql = (text: string, database = "postgres"): Promise<string> => estate.server.psql(database, text);
async function damaged(name: string): Promise<void> {
  await estate.clone(name);
  await sql("DELETE FROM items WHERE order_id % 2 = 0; UPDATE customers SET name = 'lost';", name);
}

/** Milliseconds the journal gives for a step of a run. */
async function msOf(run: string, step: string): Promise<number> {
  const journal = await readFile(join(estate.home, "runs", run, "journal.jsonl"), "utf8");
  const events = journal
    .trim()
    .split("\n")
    .map((line): { type: string; step?: string; ms?: number } => JSON.parse(line));
  return events.findLast((event) => event.type === "step.ended" && event.step === step)?.ms ?? Number.NaN;
}

test("undo of a swap puts the old data back in less than a second, whoever is connected", async () => {
  await damaged("shop_a");
  const before = await estate.snapshot();
  const ran = await estate.restore("shop_a", ["--backup", backup]);
  expectOutcome(ran, 0);
  const refused = await estate.lifeboat(["undo", runOf(ran)], estate.at("shop_a"));
  expectOutcome(refused, 30, "this changes shop_a, and was not confirmed", "--confirm shop_a");
  expect((await estate.snapshot(["shop_a"]))["shop_a"]?.tables).toEqual(before["shop"]?.tables);

  const undone = await estate.lifeboat(["undo", runOf(ran), "--confirm", "shop_a"], estate.at("shop_a"));
  expectOutcome(undone, 0, "puts the old data back");
  expect(await msOf(runOf(ran), "undo restore.swap")).toBeLessThan(1000);
  expect(await estate.snapshot()).toEqual(before);

  const again = await estate.lifeboat(["undo", runOf(ran), "--confirm", "shop_a"], estate.at("shop_a"));
  expectOutcome(again, 2, "has nothing to undo");
  expect(await estate.snapshot()).toEqual(before);
});

test("what is kept is removed only by its name, and nothing pretends to undo afterwards", async () => {
  await damaged("shop_b");
  const before = await estate.snapshot();
  const ran = await estate.restore("shop_b", ["--backup", backup]);
  const kept = /shop_b__before_\w+/.exec(ran.stdout)?.[0] ?? "";
  for (const confirm of [[], ["--confirm", "shop_b"]]) {
    const refused = await estate.lifeboat(["cleanup", runOf(ran), ...confirm], estate.at("shop_b"));
    expectOutcome(refused, 30, `this removes ${kept} for good, and was not confirmed`, `--confirm ${kept}`);
    expect((await estate.snapshot())[kept]?.oid).toBe(before["shop_b"]?.oid);
  }
  expectOutcome(await estate.lifeboat(["cleanup", runOf(ran), "--confirm", kept], estate.at("shop_b")), 0);
  const cleaned = await estate.snapshot();
  expect(Object.keys(cleaned).toSorted()).toEqual(Object.keys(before).toSorted());
  expect(cleaned["shop_b"]?.tables).toEqual(before["shop"]?.tables);

  const undo = await estate.lifeboat(["undo", runOf(ran), "--confirm", "shop_b"], estate.at("shop_b"));
  expectOutcome(undo, 2, "cannot be undone any more", kept, "changed: nothing");
  expectOutcome(
    await estate.lifeboat(["cleanup", runOf(ran)], estate.at("shop_b")),
    2,
    "nothing to clean up",
  );
  expect(await estate.snapshot()).toEqual(cleaned);
});

test("old data that somebody removed by hand is said to be gone, and the present data stays open", async () => {
  await damaged("shop_c");
  const ran = await estate.restore("shop_c", ["--backup", backup]);
  const kept = /shop_c__before_\w+/.exec(ran.stdout)?.[0] ?? "";
  await sql(`DROP DATABASE "${kept}"`);
  const before = await estate.snapshot();
  const undo = await estate.lifeboat(["undo", runOf(ran), "--confirm", "shop_c"], estate.at("shop_c"));
  expectOutcome(undo, 22, "the old data is not there any more", kept);
  expect(await estate.snapshot()).toEqual(before);
});

test("undo of a replace brings the dropped data back from the safety copy, with its settings", async () => {
  await damaged("shop_d");
  await sql("COMMENT ON DATABASE shop_d IS 'what no manifest knows'");
  const before = await estate.snapshot();
  const ran = await estate.restore("shop_d", ["--backup", backup, "--strategy", "replace"]);
  expectOutcome(ran, 0, "shop_d is the restored copy");
  const replaced = await estate.snapshot();
  expect(replaced["shop_d"]?.tables).toEqual(before["shop"]?.tables);
  expect(replaced["shop_d"]?.about).toEqual(before["shop_d"]?.about);
  expect(Object.keys(replaced).toSorted()).toEqual(Object.keys(before).toSorted());

  expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "shop_d"], estate.at("shop_d")), 0);
  const undone = await estate.snapshot();
  expect(undone["shop_d"]?.tables).toEqual(before["shop_d"]?.tables);
  expect(undone["shop_d"]?.about).toEqual(before["shop_d"]?.about);
  expect(Object.keys(undone).toSorted()).toEqual(Object.keys(before).toSorted());
});

test("a dropped database comes back with owner, comment, settings, privileges and limit from the manifest", async () => {
  const before = await estate.snapshot();
  await sql("DROP DATABASE shop WITH (FORCE)");
  const ran = await estate.restore("shop", ["--backup", backup]);
  expectOutcome(ran, 0, "there is no database shop");
  const after = await estate.snapshot();
  expect(after["shop"]).toEqual({ ...before["shop"], oid: after["shop"]?.oid });
  expect(Object.keys(after).toSorted()).toEqual(Object.keys(before).toSorted());
});
