import { mkdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate } from "../helpers/estate.ts";

const SHIPPED = join(import.meta.dirname, "..", "..", "runbooks");
const DONE = ["--done", "seed", "--done", "tell-the-team", "--done", "write-it-down"];

/**
 * Stand-in for `npx prisma`, whose engines cannot be installed everywhere: it runs a migration of the same kind with psql
 * against the DATABASE_URL it was given, as `prisma migrate deploy` would.
 */
const NPX = `#!/bin/sh
[ "$1 $2 $3" = "prisma migrate deploy" ] || exit 64
psql -X -q -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -c 'ALTER TABLE plots ADD COLUMN IF NOT EXISTS geo text'
`;

let estate: Estate;
let env: Record<string, string>;

beforeAll(async () => {
  estate = await openEstate();
  await estate.server.createDatabase("plotzed");
  await estate.server.psql(
    "plotzed",
    `CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE NOT NULL);
     CREATE TABLE plots (id serial PRIMARY KEY, owner int NOT NULL REFERENCES users, area numeric(10,2) NOT NULL CHECK (area > 0));
     INSERT INTO users (email) SELECT 'user' || i || '@example.org' FROM generate_series(1, 500) i;
     INSERT INTO plots (owner, area) SELECT 1 + i % 500, 100 + i FROM generate_series(1, 4000) i;
     CREATE INDEX plots_owner ON plots (owner);`,
  );
  const backups = join(estate.folder, "plotzed-backups");
  env = {
    LIFEBOAT_RUNBOOKS: SHIPPED,
    DATABASE_URL: estate.server.url("plotzed"),
    BACKUP_DIR: backups,
    PLOTZED_HOME: estate.folder,
    ...(await estate.standIns({ npx: NPX })),
  };
  const taken = await estate.lifeboat(["backup", "plotzed"], env);
  expect(taken.stderr).toBe("");
  const path = taken.stdout.split("\n")[0] ?? "";
  // Named as in the users' own scripts: plotzed-daily-backup-2026-01-15T14-30-00.sql.gz.
  const named = join(
    backups,
    "daily",
    `plotzed-daily-backup-${stamp(new Date(Date.now() - 3_600_000))}.sql.gz`,
  );
  await mkdir(dirname(named), { recursive: true });
  await rename(path, named);
  await rename(`${path}.manifest.json`, `${named}.manifest.json`);
});

afterAll(async () => {
  await estate?.stop();
});

const stamp = (time: Date): string => time.toISOString().slice(0, 19).replaceAll(":", "-");
const rows = (database: string): Promise<string> =>
  estate.server.psql(database, "SELECT count(*) FROM plots");

test("database-lost: a dry run of the shipped runbook changes nothing and shows the exact commands", async () => {
  const before = await estate.snapshot();
  const ran = await estate.lifeboat(["run", "plotzed", "database-lost", "--dry-run"], env);
  expect(ran.stderr).toBe("");
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/steps checked for real, \d+ printed only/);
  expect(ran.stdout).toContain("npx prisma migrate deploy");
  expect(await estate.snapshot()).toEqual(before);
});

test("database-lost: a drill restores and migrates a scratch copy, and leaves the live database alone", async () => {
  const before = await estate.snapshot();
  const ran = await estate.lifeboat(["run", "plotzed", "database-lost", "--drill"], env);
  expect(`${ran.stdout}${ran.stderr}`).toContain("DRILL PASSED");
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/done +\d+\/\d+ Bring the tables up/);
  expect(await estate.snapshot()).toEqual(before);
});

test("database-lost: live brings lost rows back, migrates, and ends green", async () => {
  await estate.server.psql("plotzed", "DELETE FROM plots WHERE id > 10");
  const ran = await estate.lifeboat(
    ["run", "plotzed", "database-lost", "--live", "--confirm", "plotzed", ...DONE],
    env,
  );
  expect(`${ran.stdout}${ran.stderr}`).toContain("RECOVERED");
  expect(ran.code).toBe(0);
  expect(await rows("plotzed")).toBe("4000");
  const columns =
    "SELECT count(*) FROM information_schema.columns WHERE table_name = 'plots' AND column_name = 'geo'";
  expect(await estate.server.psql("plotzed", columns)).toBe("1");
  const verified = await estate.lifeboat(["transcript", "verify", "latest"], env);
  expect(verified.code).toBe(0);
});

test("database-lost: a database that was dropped comes back, without anything to keep", async () => {
  await estate.server.psql("postgres", "DROP DATABASE plotzed WITH (FORCE)");
  const ran = await estate.lifeboat(
    ["run", "plotzed", "database-lost", "--live", "--confirm", "plotzed", ...DONE],
    env,
  );
  expect(`${ran.stdout}${ran.stderr}`).toContain("RECOVERED");
  expect(ran.code).toBe(0);
  expect(await rows("plotzed")).toBe("4000");
});

test("a manual step that no flag answers ends the run with 30 and says which flag would", async () => {
  const ran = await estate.lifeboat(
    ["run", "plotzed", "database-lost", "--live", "--confirm", "plotzed"],
    env,
  );
  expect(ran.code).toBe(30);
  expect(ran.stdout).toContain("--done seed");
});

test.each(["--dry-run", "--drill"])("test-restore %s leaves the cluster as it was", async (mode) => {
  const before = await estate.snapshot();
  const ran = await estate.lifeboat(["run", "plotzed", "test-restore", mode], env);
  expect(ran.stderr).toBe("");
  expect(ran.code).toBe(0);
  expect(await estate.snapshot()).toEqual(before);
});

test("test-restore, live: restores into plotzed_test, proves it, removes it, never touches the live database", async () => {
  const before = await estate.snapshot();
  const ran = await estate.lifeboat(
    ["run", "plotzed", "test-restore", "--live", "--confirm", "plotzed_test"],
    env,
  );
  expect(`${ran.stdout}${ran.stderr}`).toMatch(/LIVE +ended +DONE/);
  expect(ran.stdout).not.toMatch(/\bRTO\b|\blost\b/);
  expect(ran.stdout).toContain("plotzed_test is removed");
  expect(ran.stdout).not.toContain("plotzed_test is the restored copy");
  expect(ran.code).toBe(0);
  expect(await estate.snapshot()).toEqual(before);
  const [run = ""] = await estate.runs();
  const report = await readFile(join(estate.home, "runs", run, "report.md"), "utf8");
  expect(report).toContain("plotzed_test");
});
