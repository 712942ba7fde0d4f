import { execFileSync } from "node:child_process";
import { copyFile, cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { CLICKHOUSE_PROGRAMS } from "../../helpers/clickhouse.ts";
import { changeRows } from "../../helpers/clickhouse-artifact.ts";
import { type ClickhouseEstate, openClickhouseEstate } from "../../helpers/clickhouse-estate.ts";
import type { Ran } from "../../helpers/lifeboat.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

suiteFor("clickhouse: bad backups are refused before anything is touched", CLICKHOUSE_PROGRAMS, () => {
  vi.setConfig({ testTimeout: 300_000 });
  let estate: ClickhouseEstate;
  let before: object;
  let good: string;
  let path: string;
  let copies = 0;
  beforeAll(async () => {
    estate = await openClickhouseEstate();
    before = await estate.snapshot();
    good = await estate.backup();
  });
  afterAll(() => estate.stop());
  beforeEach(async () => {
    path = join(estate.folder, "copies", String((copies += 1)), basename(good));
    await cp(good, path, { recursive: true });
    await copyFile(`${good}.manifest.json`, `${path}.manifest.json`);
  });

  const refused = async (backup: string, ...args: string[]): Promise<string> => {
    const ran: Ran = await estate.restore(["--backup", backup, ...args]);
    expect(ran).toMatchObject({ code: 11 });
    expect(await estate.snapshot()).toEqual(before);
    return ran.stdout + ran.stderr;
  };
  const member = (table = "device_heartbeats"): string => join(path, `${table}.native.gz`);
  const withoutManifest = (): Promise<void> => rm(`${path}.manifest.json`);

  test("a flipped byte", async () => {
    const bytes = await readFile(member());
    bytes[2000] = (bytes[2000] ?? 0) ^ 255;
    await writeFile(member(), bytes);
    expect(await refused(path)).toMatch(/sha256 against the manifest/);
  });

  test("a flipped byte, and no manifest", async () => {
    const bytes = await readFile(member());
    bytes[2000] = (bytes[2000] ?? 0) ^ 255;
    await writeFile(member(), bytes);
    await withoutManifest();
    expect(await refused(path)).toMatch(/device_heartbeats\.native\.gz/);
  });

  test("a gz that was cut off", async () => {
    await truncate(member(), Math.floor((await stat(member())).size / 2));
    await withoutManifest();
    expect(await refused(path)).toMatch(/device_heartbeats\.native\.gz.*(cut|ends)/s);
  });

  test("rows that were cut off in a good gz: the dump was killed", async () => {
    await changeRows(path, "device_heartbeats", (rows) => rows.subarray(0, rows.length - 100));
    await withoutManifest();
    expect(await refused(path)).toMatch(/it ends in the middle of a block/);
  });

  test("junk behind the rows", async () => {
    await changeRows(path, "notes", (rows) => Buffer.concat([rows, Buffer.from("junk\n")]));
    await withoutManifest();
    expect(await refused(path)).toMatch(/middle of a block|no stream of Native blocks/);
  });

  test("the file of a table is missing", async () => {
    await rm(member());
    expect(await refused(path)).toMatch(/sha256 against the manifest/);
  });

  test("its schema is missing, and the table is gone", async () => {
    await withoutManifest();
    await rm(join(path, "notes.sql"));
    await copyFile(member("notes"), join(path, "gone.native.gz"));
    expect(await refused(path)).toMatch(/neither gone\.sql in it nor a table gone/);
  });

  test("a schema that is no CREATE TABLE, or one of a replicated table", async () => {
    await withoutManifest();
    await writeFile(join(path, "notes.sql"), "DROP TABLE vizora.notes\n");
    expect(await refused(path)).toMatch(/does not begin with CREATE TABLE/);
    await writeFile(
      join(path, "notes.sql"),
      "CREATE TABLE vizora.notes (x UInt8) ENGINE = ReplicatedMergeTree('/a', 'b') ORDER BY x\n",
    );
    expect(await refused(path)).toMatch(/replicated/);
  });

  test("a folder of something else, and an empty one", async () => {
    const folder = join(estate.folder, "copies", "metrics-20260101_000000");
    await mkdir(folder);
    expect(await refused(folder)).toMatch(/not|no backup|empty/);
    await writeFile(join(folder, "readme.txt"), "x");
    expect(await refused(folder)).toMatch(/without \.native files|no backup/);
    await rm(folder, { recursive: true });
  });

  test.each([
    ["a web page", Buffer.from("<!DOCTYPE html><html><body>404</body></html>"), /web page/],
    ["nothing at all", Buffer.alloc(0), /nothing in it|empty/],
    [
      "a tar of the server's folder: the business of a volume store",
      execFileSync("tar", ["-cf", "-", "-C", "/etc", "hostname"]),
      /kind volume/,
    ],
    [
      "a dump of PostgreSQL",
      Buffer.from("--\n-- PostgreSQL database dump\n--\nSELECT 1;\n"),
      /not a ClickHouse backup/,
    ],
    [
      "a custom dump of PostgreSQL",
      Buffer.from("PGDMP\u0001\u000e\u0000".padEnd(200)),
      /not a ClickHouse backup/,
    ],
  ])("%s under the name of a table's file", async (_what, bytes, says) => {
    const file = join(estate.folder, "copies", "heartbeats_20260101.native.gz");
    await writeFile(file, bytes);
    expect(await refused(file)).toMatch(says);
    await rm(file);
  });

  test("a backup of another system, and one that only says what the manifest does not know", async () => {
    const manifest = `${path}.manifest.json`;
    const text = await readFile(manifest, "utf8");
    await writeFile(manifest, text.replace('"store": "metrics"', '"store": "other"'));
    expect(await refused(path)).toMatch(/another system/);
    await writeFile(manifest, text.replace('"kind": "clickhouse"', '"kind": "redis"'));
    expect(await refused(path)).toMatch(/manifest beside the backup cannot be read/);
  });

  test("a table the runbook wants is not in the backup", async () => {
    await estate.writeRunbook(
      "some",
      "title: Some\nscenario: x\nsteps:\n  - { id: restore, kind: restore, store: metrics, only: [nosuch] }\n",
    );
    const ran = await estate.lifeboat([
      "run",
      "signage",
      "some",
      "--live",
      "--confirm",
      "vizora",
      "--backup",
      path,
    ]);
    expect(ran).toMatchObject({ code: 11 });
    expect(ran.stdout + ran.stderr).toMatch(/does not hold nosuch/);
  });

  test("names with spaces and quotes are no trouble", async () => {
    const odd = join(estate.folder, "copies", 'it\'s "odd" $HOME `x`');
    await cp(path, odd, { recursive: true });
    expect(await estate.restore(["--backup", odd, "--drill"])).toMatchObject({ code: 0 });
    expect(await estate.snapshot()).toEqual(before);
    expect((await readdir(odd)).length).toBe(8);
  });
});
