import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { INFLUXDB_PROGRAMS, type InfluxSnapshot } from "../../helpers/influxdb.ts";
import { type InfluxEstate, openInfluxEstate } from "../../helpers/influxdb-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

// Each test runs the program several times, and other suites run beside it.
vi.setConfig({ testTimeout: 240_000 });

const total = (all: { values: string }[]): number => all.reduce((sum, one) => sum + Number(one.values), 0);

suiteFor("InfluxDB restore", INFLUXDB_PROGRAMS, () => {
  let estate: InfluxEstate;
  let whole: InfluxSnapshot | undefined;
  beforeAll(async () => {
    estate = await openInfluxEstate();
    whole = await estate.server.snapshot("grill");
  });
  afterAll(() => estate?.stop());

  const PASSWORD_USER = "CREATE USER telegraf WITH PASSWORD 'x'";
  /** What happened since the backup: a restore loses it, an undo brings it back. */
  const since = async (name: string): Promise<void> => {
    await estate.server.write(name, [
      "late v=1 1609459200000000000",
      "temp,device=d1 celsius=-40 1609459200000000001",
    ]);
    await estate.server.query(`CREATE RETENTION POLICY later ON "${name}" DURATION INF REPLICATION 1`);
  };

  /** Damages, looks, drills, restores, takes back; each time an independent eye looks at every point. */
  async function story(name: string, backup: string): Promise<void> {
    const { server } = estate;
    await since(name);
    const before = await estate.snapshots(name);

    const dry = await estate.restore(name, ["--dry-run", "--backup", backup]);
    expect(dry.code, dry.stdout + dry.stderr).toBe(0);
    expect(await estate.snapshots(name)).toEqual(before);

    const drill = await estate.restore(name, ["--drill", "--backup", backup]);
    expect(drill.code, drill.stdout + drill.stderr).toBe(0);
    expect(await estate.snapshots(name)).toEqual(before);

    const live = await estate.restore(name, ["--backup", backup]);
    expect(live.code, live.stdout + live.stderr).toBe(0);
    const after = await estate.snapshots(name);
    const kept = Object.keys(after).find((other) => other.startsWith(`${name}__before_`)) ?? "";
    expect(after).toEqual({ [name]: whole, [kept]: before[name] });
    const run = (await estate.runs())[0] ?? "";
    expect(await readdir(join(estate.folder, "home", "runs", run))).not.toContain("unpacked-restore");

    const undo = await estate.lifeboat(["undo", run, "--confirm", name], estate.at(name));
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    expect(await estate.snapshots(name)).toEqual(before);
    await server.query(`DROP DATABASE "${name}"`);
  }

  test("a portable folder: backup, damage, dry run, drill, live, undo", async () => {
    const backup = await estate.backup("portable");
    await estate.fill("g_folder");
    await story("g_folder", backup);
  });

  test("a tar.gz of one, taken by lifeboat backup", async () => {
    const backup = await estate.backup("portable.tar.gz");
    await estate.fill("g_packed");
    await story("g_packed", backup);
  });

  test("an archive as teams make it: a folder inside, of the bare tool, without a manifest of ours", async () => {
    const place = join(estate.folder, "bare");
    await mkdir(place);
    await estate.server.influxd(
      "backup",
      "-portable",
      "-db",
      "grill",
      join(place, "grill_stats_20261120_020000"),
    );
    execFileSync("tar", ["-C", place, "-czf", join(place, "x.tar.gz"), "grill_stats_20261120_020000"]);
    await estate.fill("g_nested");
    await story("g_nested", join(place, "x.tar.gz"));
  });

  test("a legacy backup, restored by the running server", async () => {
    const place = join(estate.folder, "legacy");
    await estate.server.influxd("backup", "-db", "grill", place);
    await estate.fill("g_legacy");
    await story("g_legacy", place);
  });

  test("a database that is gone is put in place without a gate, with its continuous queries; undo frees the name", async () => {
    const { server } = estate;
    const backup = await estate.backup();
    const queries = (await server.query("SHOW CONTINUOUS QUERIES")).filter(
      (q) => q["measurement"] === "grill",
    );
    await server.query("DROP DATABASE grill");
    const live = await estate.restore("grill", ["--backup", backup]);
    expect(live.code, live.stdout + live.stderr).toBe(0);
    expect(await estate.snapshots("grill")).toEqual({ grill: whole });
    const now = (await server.query("SHOW CONTINUOUS QUERIES")).filter((q) => q["measurement"] === "grill");
    expect(now).toEqual(queries);
    expect(queries).toHaveLength(1);
    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "grill"]);
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    expect(await server.databases()).not.toContain("grill");
    const again = await estate.restore("grill", ["--backup", backup]);
    expect(again.code, again.stdout + again.stderr).toBe(0);
  });

  test("continuous queries and privileges, which a restore leaves out, are as before; after an undo too", async () => {
    const { server } = estate;
    await server.query(
      `${PASSWORD_USER}; GRANT WRITE ON grill TO telegraf; CREATE USER "odd ""name" WITH PASSWORD 'x'`.replace(
        '""',
        '\\"',
      ),
    );
    await server.query('GRANT ALL ON grill TO "odd \\"name"');
    const state = async (): Promise<unknown[]> => [
      await server.query("SHOW CONTINUOUS QUERIES"),
      await server.query("SHOW GRANTS FOR telegraf"),
    ];
    const before = await state();
    const backup = await estate.backup();
    const live = await estate.restore("grill", ["--backup", backup]);
    expect(live.code, live.stdout + live.stderr).toBe(0);
    const kept = (await server.databases()).find((name) => name.startsWith("grill__before_"));
    const others = (rows: unknown): unknown =>
      (rows as { measurement?: string }[]).filter((row) => row.measurement !== kept);
    expect((await state()).map(others)).toEqual(before);
    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "grill"]);
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    expect(await state()).toEqual(before);
  });

  test("what is kept is removed by cleanup when its name is typed, and only then", async () => {
    const { server } = estate;
    const live = await estate.restore("grill", ["--backup", await estate.backup()]);
    expect(live.code, live.stdout + live.stderr).toBe(0);
    const kept = (await server.databases()).find((name) => name.startsWith("grill__before_")) ?? "";
    const refused = await estate.lifeboat(["cleanup", "latest"]);
    expect(refused.code).toBe(30);
    expect(await server.databases()).toContain(kept);
    const cleaned = await estate.lifeboat(["cleanup", "latest", "--confirm", kept]);
    expect(cleaned.code, cleaned.stdout + cleaned.stderr).toBe(0);
    expect(await server.databases()).toEqual(["grill"]);
    const run = (await estate.runs())[0] ?? "";
    expect(await readdir(join(estate.folder, "home", "runs", run, "safety"))).toEqual([]);
    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "grill"]);
    expect(undo.code).not.toBe(0);
    expect(await server.snapshot("grill")).toEqual(whole);
  });

  test("a backup is not found as one before it is whole, and its manifest counts every value", async () => {
    const path = await estate.backup("portable");
    const manifest = JSON.parse(await readFile(`${path}.manifest.json`, "utf8")) as {
      sums: { measurement: string; field: string; values: string; sum: string | null; window: number }[];
      moving: string[];
    };
    const of = (measurement: string, field: string) =>
      manifest.sums.filter((one) => one.measurement === measurement && one.field === field);
    expect(total(of("temp", "celsius"))).toBe(1600);
    expect(total(of("temp", "note"))).toBe(1600);
    // Larger than what a number holds: kept to the last digit.
    expect(of("odd meas,x", "big")[0]?.sum).toBe(String(40n * 9_007_199_254_740_993n + 780n));
    expect(manifest.moving).toEqual([]);
    const moved = join(estate.folder, "moved");
    await mkdir(moved);
    await rename(path, join(moved, basename(path)));
    await cp(join(moved, basename(path)), path, { recursive: true });
  });

  test("under a name of its own: compared, asked, and removed again when its name is typed; the live data is left alone", async () => {
    const backup = await estate.backup();
    await estate.writeRunbook(
      "monthly",
      `title: Monthly
scenario: the latest backup is tried
steps:
  - { id: restore, kind: restore, store: temperatures, into: grill_verify, tables: [temp] }
  - { id: ask, kind: query, store: temperatures, sql: SHOW DATABASES, expect: { equals: grill } }
  - { id: remove, kind: cleanup, store: temperatures, into: grill_verify }
`,
    );
    const ran = await estate.lifeboat([
      "run",
      "grill-stats",
      "monthly",
      "--live",
      "--confirm",
      "grill_verify",
      "--backup",
      backup,
    ]);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(await estate.server.databases()).toEqual(["grill"]);
    expect(await estate.server.snapshot("grill")).toEqual(whole);
  });

  test("a runbook is certified without a server", async () => {
    const ran = await estate.lifeboat(["certify", "grill-stats", "lost"]);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  });
});
