import { existsSync } from "node:fs";
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

const NAMES = [
  `host=evil it's "quoted" a\\b\\\\'c`,
  "$(touch pwned)`touch pwned`; DROP DATABASE shop",
  "postgresql://evil/postgres",
  "--help",
  "%I%s$1$lifeboat$ UPPER",
  "größe-数据库-🚢",
  `${"é".repeat(31)}z`,
];

test.each(NAMES)("a live swap of a database called %s does what it says and nothing else", async (name) => {
  await estate.clone(name);
  await estate.server.psql(name, "DELETE FROM items");
  const before = await estate.snapshot();
  const ran = await estate.restore(name, ["--backup", backup]);
  expectOutcome(ran, 0, "RECOVERED");
  const after = await estate.snapshot();
  expect(after[name]?.tables).toEqual(before["shop"]?.tables);
  expect(after[name]?.about).toEqual(before[name]?.about);
  const added = Object.keys(after).filter((one) => !(one in before));
  expect(added).toEqual([expect.stringContaining("__before_")]);
  expect(after[added[0] ?? ""]?.oid).toBe(before[name]?.oid);
  expect(existsSync(join(estate.folder, "pwned"))).toBe(false);

  expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", name], estate.at(name)), 0);
  expect(await estate.snapshot()).toEqual(before);
});
