import { cp, mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { INFLUXDB_PROGRAMS, type InfluxSnapshot } from "../../helpers/influxdb.ts";
import { type InfluxEstate, openInfluxEstate } from "../../helpers/influxdb-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { endingWith, FILES, FOLDERS } from "./artifact-cases.ts";

// Each test runs the program several times, and other suites run beside it.
vi.setConfig({ testTimeout: 240_000 });

suiteFor("InfluxDB artifacts", INFLUXDB_PROGRAMS, () => {
  let estate: InfluxEstate;
  let folder: string;
  let packed: string;
  let before: InfluxSnapshot | undefined;
  beforeAll(async () => {
    estate = await openInfluxEstate();
    folder = await estate.backup("portable");
    packed = await estate.backup("portable.tar.gz");
    before = await estate.server.snapshot("grill");
  });
  afterAll(() => estate?.stop());

  let n = 0;
  const copyOf = async (path: string): Promise<string> => {
    const place = join(estate.folder, `bad-${(n += 1)}`);
    await mkdir(place);
    const made = join(place, path === folder ? "grill 1" : "grill 1.tar.gz");
    await cp(path, made, { recursive: true });
    return made;
  };
  async function isRefused(path: string, says: RegExp): Promise<void> {
    const ran = await estate.restore("grill", ["--backup", path]);
    expect(ran.stdout + ran.stderr).toMatch(says);
    expect(ran.code, ran.stdout + ran.stderr).toBe(11);
    expect(await estate.server.databases()).toEqual(["grill"]);
    expect(await estate.server.snapshot("grill")).toEqual(before);
  }

  test.each(FOLDERS)("$what is found before anything is touched", async ({ damage, says }) => {
    const path = await copyOf(folder);
    await damage(path);
    await isRefused(path, says);
  });

  test.each(FILES)("$what is found before anything is restored", async ({ damage, says }) => {
    const path = await copyOf(packed);
    await damage(path);
    await isRefused(path, says);
  });

  test("a byte that changes only a value, packed anew, does not agree with the manifest's digest", async () => {
    const path = await copyOf(folder);
    await cp(`${folder}.manifest.json`, `${path}.manifest.json`);
    const shard = await endingWith(path, ".s2.tar.gz");
    const bytes = gunzipSync(await readFile(shard));
    bytes[1400] = (bytes[1400] ?? 0) ^ 1;
    await writeFile(shard, gzipSync(bytes));
    await isRefused(path, /sha256/);
  });

  test("a backup of another system or of staging is refused", async () => {
    const path = await copyOf(folder);
    const manifest = await readFile(`${folder}.manifest.json`, "utf8");
    await writeFile(`${path}.manifest.json`, manifest.replace('"grill-stats"', '"other"'));
    await isRefused(path, /belongs to another system/);
  });

  test("a backup of another database is restored under the live name, one of several only when it is named", async () => {
    const place = join(estate.folder, "all");
    await estate.fill("other");
    await estate.server.write("other", ["x v=1 1609459200000000000"]);
    await estate.server.influxd("backup", "-portable", place);
    const ran = await estate.restore("grill", ["--drill", "--backup", place]);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    const neither = await estate.restore("third", ["--drill", "--backup", place]);
    expect(neither.code).not.toBe(0);
    expect(neither.stdout + neither.stderr).toMatch(/the backup holds no database third but: grill other/);
    await estate.server.query("DROP DATABASE other");
  });

  test("a legacy backup whose metadata is missing, or a shard cut, is found", async () => {
    const place = join(estate.folder, "legacy");
    await estate.server.influxd("backup", "-db", "grill", place);
    const cut = join(estate.folder, "legacy-cut");
    await cp(place, cut, { recursive: true });
    await truncate(await endingWith(cut, ".00002.00"), 1500);
    await isRefused(cut, /00002\.00: the archive is whole/);
    await rm(join(place, "meta.00"));
    await isRefused(place, /meta\.00 is missing/);
  });

  test("an empty database's backup restores nothing and is refused", async () => {
    await estate.server.query("CREATE DATABASE nothing");
    const place = join(estate.folder, "nothing");
    await estate.server.influxd("backup", "-portable", "-db", "nothing", place);
    await estate.server.query("DROP DATABASE nothing");
    await isRefused(place, /no shard is in it/);
  });
});
