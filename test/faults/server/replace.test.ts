import { existsSync } from "node:fs";
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
const replace = (name: string, more: string[] = [], env = {}) =>
  estate.restore(name, ["--backup", backup, "--strategy", "replace", ...more], env);

/** Stand-ins for pg_dump: all exit 0. */
const LIARS: [what: string, script: (real: string) => string][] = [
  ["writes nothing", () => "exit 0"],
  ["makes an empty folder", () => 'while [ $# -gt 0 ]; do [ "$1" = --file ] && mkdir -p "$2"; shift; done'],
  ["leaves one table's rows out", (real) => `exec "${real}" --exclude-table-data=orders "$@"`],
  ["dumps one table only", (real) => `exec "${real}" -t customers "$@"`],
  ["dumps the shape only", (real) => `exec "${real}" --schema-only "$@"`],
  [
    "dumps, then loses a member",
    (real) =>
      `"${real}" "$@" && while [ $# -gt 0 ]; do [ "$1" = --file ] && rm "$(ls "$2"/*.dat* | head -1)"; shift; done`,
  ],
];

function lying(script: (real: string) => string): string {
  const real = `${estate.server.programs.bin}/pg_dump`;
  return `#!/bin/sh\n[ "$1" = --version ] && exec "${real}" --version\n${script(real)}\n`;
}

test.each(LIARS)(
  "a safety dump by a pg_dump (a stand-in) that %s and exits 0 is refused before the drop",
  async (_what, script) => {
    const env = await estate.standIns({
      pg_dump: lying(script),
    });
    const before = await estate.snapshot();
    const ran = await replace("shop", [], env);
    expectOutcome(
      ran,
      20,
      /the safety copy (can be read to its end|holds the data of every table)/,
      "shop is as it was: this run did not touch it",
    );
    expect(await estate.snapshot()).toEqual(before);
  },
);

test("a live database that has lost all its tables can still be replaced: its safety copy is as empty", async () => {
  await estate.clone("emptied");
  await sql(
    'DROP SCHEMA public CASCADE; DROP SCHEMA "Odd Schema" CASCADE; CREATE SCHEMA public AUTHORIZATION shop_owner',
    "emptied",
  );
  const ran = await replace("emptied");
  expectOutcome(ran, 0, "RECOVERED");
  const { emptied, shop } = await estate.snapshot(["emptied", "shop"]);
  expect(emptied?.tables).toEqual(shop?.tables);
});

test("a replace whose restore fails after the drop says where the old data is, and undo brings it back", async () => {
  await estate.clone("unlucky");
  await sql("DELETE FROM items", "unlucky");
  const before = await estate.snapshot();
  const real = `${estate.server.programs.bin}/pg_restore`;
  // A stand-in that fails at the load only; every reading of an archive goes through.
  const script = `#!/bin/sh\ncase "$*" in *unlucky__restore*) echo "pg_restore: error: broken" >&2; exit 1;; esac\nexec "${real}" "$@"\n`;
  const ran = await replace("unlucky", [], await estate.standIns({ pg_restore: script }));
  expectOutcome(
    ran,
    20,
    "pg_restore: error: broken",
    "unlucky was dropped",
    /a verified safety copy of unlucky lies at \S+/,
    `lifeboat undo ${runOf(ran)}`,
  );
  const copy = /a verified safety copy of unlucky lies at (\S+)/.exec(ran.stdout)?.[1] ?? "";
  expect(existsSync(copy)).toBe(true);
  expect(Object.keys(await estate.snapshot())).not.toContain("unlucky");

  expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "unlucky"], estate.at("unlucky")), 0);
  const after = await estate.snapshot();
  expect(after["unlucky"]).toEqual({ ...before["unlucky"], oid: after["unlucky"]?.oid });
  expect(Object.keys(after).toSorted()).toEqual(Object.keys(before).toSorted());
});

test("the same with --on-failure undo gives 21 and the old data is back", async () => {
  await estate.clone("unlucky_too");
  await sql("DELETE FROM items", "unlucky_too");
  const before = await estate.snapshot();
  const real = `${estate.server.programs.bin}/pg_restore`;
  const script = `#!/bin/sh\ncase "$*" in *unlucky_too__restore*) exit 1;; esac\nexec "${real}" "$@"\n`;
  const ran = await replace(
    "unlucky_too",
    ["--on-failure", "undo"],
    await estate.standIns({ pg_restore: script }),
  );
  expectOutcome(ran, 21, "FAILED AND UNDONE", "unlucky_too has its old data again");
  const after = await estate.snapshot();
  expect(after["unlucky_too"]).toEqual({ ...before["unlucky_too"], oid: after["unlucky_too"]?.oid });
  expect(Object.keys(after).toSorted()).toEqual(Object.keys(before).toSorted());
});

test("skipping the safety copy takes a reason, and is in the result as a deviation", async () => {
  await estate.clone("careless");
  const before = await estate.snapshot();
  expectOutcome(await replace("careless", ["--skip-safety-copy"]), 2, "--skip-safety-copy needs a reason");
  expect(await estate.snapshot()).toEqual(before);
  const idle = ["--backup", backup, "--skip-safety-copy", "--because", "no room"];
  expectOutcome(await estate.restore("careless", idle), 2, "no safety copy that could be skipped");
  expect(await estate.snapshot()).toEqual(before);
  const ran = await replace("careless", ["--skip-safety-copy", "--because", "no room"]);
  expectOutcome(ran, 23, "RECOVERED WITH 1 DEVIATION", "no room", "There is NO safety copy");
});
