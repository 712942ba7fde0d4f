import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate, RESTORE_RUNBOOK } from "../../helpers/estate.ts";
import { expectOutcome, runOf } from "../outcome.ts";

let estate: Estate;
let backup: string;
beforeAll(async () => {
  estate = await openEstate();
  backup = await estate.backup();
});
afterAll(() => estate?.stop());

async function damaged(name: string): Promise<void> {
  await estate.clone(name);
  await estate.server.psql(name, "DELETE FROM items");
}

/** The restore, then a migration of the restored database by this shell script. */
async function migrating(name: string, script: string, more = ""): Promise<string[]> {
  const migrate = `  - { id: migrate, kind: migrate, target: the-code, run: [sh, -c, ${JSON.stringify(script)}]${more} }\n`;
  await estate.writeRunbook(`migrate-${name}`, `${RESTORE_RUNBOOK}${migrate}`);
  return [
    "run",
    "shop",
    `migrate-${name}`,
    "--live",
    "--backup",
    backup,
    "--confirm",
    name,
    "--confirm",
    "the-code",
  ];
}
const into = (name: string, ...statements: string[]): string =>
  `psql -X -q -v ON_ERROR_STOP=1 '${estate.server.url(name)}' ${statements.map((one) => `-c '${one}'`).join(" ")}`;
const HALF = [
  "ALTER TABLE orders ADD COLUMN half text",
  "SELECT 1/0",
  "ALTER TABLE orders ADD COLUMN whole text",
];

test("a migration that fails half way says what is live now, and undo brings the old data back", async () => {
  await damaged("mig_a");
  const before = await estate.snapshot();
  const ran = await estate.lifeboat(await migrating("mig_a", into("mig_a", ...HALF)), estate.at("mig_a"));
  expectOutcome(
    ran,
    20,
    "division by zero",
    "mig_a is the restored copy; the data from before is kept as mig_a__before_",
    'step "Migrations" was not finished',
    `lifeboat undo ${runOf(ran)}`,
  );
  expect(await estate.server.psql("mig_a", "SELECT count(half), count(*) FROM orders")).toBe("0|1600");
  expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "mig_a"], estate.at("mig_a")), 0);
  expect(await estate.snapshot()).toEqual(before);
});

test("with --on-failure undo a failed migration gives 21 and everything is as before", async () => {
  await damaged("mig_b");
  const before = await estate.snapshot();
  const args = await migrating("mig_b", into("mig_b", ...HALF));
  const ran = await estate.lifeboat([...args, "--on-failure", "undo"], estate.at("mig_b"));
  expectOutcome(
    ran,
    21,
    "division by zero",
    "FAILED AND UNDONE",
    "everything this run had changed was taken back",
  );
  expect(await estate.snapshot()).toEqual(before);
});

const alive = (pid: string): boolean => existsSync(`/proc/${pid.trim()}`);

test("a migration that hangs is ended with all its processes when its time is up", async () => {
  await damaged("mig_c");
  const pids = join(estate.folder, "pids");
  const script = `echo $$ >"${pids}"; sleep 1000 & echo $! >>"${pids}"; wait`;
  const ran = await estate.lifeboat(await migrating("mig_c", script, ", timeout: 1s"), estate.at("mig_c"));
  expectOutcome(
    ran,
    20,
    "sh took longer than 1 s and was ended",
    "set a longer timeout on the step",
    "mig_c is the restored copy",
  );
  expect((await readFile(pids, "utf8")).trim().split("\n").filter(alive)).toEqual([]);
  const lines = await estate.server.psql("mig_c", "SELECT count(*) FROM items");
  expect(lines).toBe("3600");
});

test("a migration that says nothing for too long is ended, also when it ignores the polite signal", async () => {
  await damaged("mig_d");
  const pids = join(estate.folder, "pids-d");
  const script = `trap "" TERM; echo $$ >"${pids}"; echo begun; while :; do sleep 0.2; done`;
  const ran = await estate.lifeboat(await migrating("mig_d", script, ", silence: 1s"), estate.at("mig_d"));
  expectOutcome(ran, 20, "sh printed nothing for 1 s and was ended", "begun");
  expect((await readFile(pids, "utf8")).trim().split("\n").filter(alive)).toEqual([]);
});

test("a migration that ends well without its token is not believed", async () => {
  await damaged("mig_e");
  const ran = await estate.lifeboat(
    await migrating("mig_e", "echo almost", ", token: all migrations applied"),
    estate.at("mig_e"),
  );
  expectOutcome(ran, 20, "sh ended without an error, but never said that it was done");
});
