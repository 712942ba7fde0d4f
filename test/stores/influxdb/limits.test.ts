import { execFileSync } from "node:child_process";
import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { INFLUXDB_PROGRAMS, startInflux } from "../../helpers/influxdb.ts";
import { around, type InfluxEstate, openInfluxEstate } from "../../helpers/influxdb-estate.ts";
import { maySmallDisk, withSmallDisk } from "../../helpers/small-disk.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

// Each test runs the program several times, and other suites run beside it.
vi.setConfig({ testTimeout: 240_000 });

suiteFor("InfluxDB limits", INFLUXDB_PROGRAMS, () => {
  let estate: InfluxEstate;
  let backup: string;
  beforeAll(async () => {
    estate = await openInfluxEstate();
    backup = await estate.backup();
  });
  afterAll(() => estate?.stop());

  test("the facts of the bare tool: a missing shard exits 0, an existing database 1, deleted points come back", async () => {
    const { server, folder } = estate;
    const torn = join(folder, "torn");
    await cp(backup, torn, { recursive: true });
    const [shard = ""] = (await readdir(torn)).filter((name) => name.endsWith(".tar.gz"));
    await rm(join(torn, shard));
    await server.influxd("restore", "-portable", "-db", "grill", "-newdb", "bare", torn);
    await expect(
      server.influxd("restore", "-portable", "-db", "grill", "-newdb", "bare", torn),
    ).rejects.toThrow(/database may already exist/);
    await server.query("DROP DATABASE bare; CREATE DATABASE deleted");
    await server.write("deleted", ["m,a=1 v=1 1", "m,a=2 v=1 1"]);
    await server.influxd("backup", "-portable", "-db", "deleted", join(folder, "deleted-0"));
    execFileSync("influx", [
      "-host",
      "127.0.0.1",
      "-port",
      String(server.port),
      "-database",
      "deleted",
      "-execute",
      "DELETE FROM m WHERE a = '1'",
    ]);
    await server.influxd("backup", "-portable", "-db", "deleted", join(folder, "deleted-1"));
    const listed = execFileSync("sh", ["-c", `tar -tzf '${folder}/deleted-1/'*.tar.gz`]).toString();
    await server.influxd(
      "restore",
      "-portable",
      "-db",
      "deleted",
      "-newdb",
      "again",
      join(folder, "deleted-1"),
    );
    const points = async (): Promise<number | undefined> =>
      (await server.snapshot("again").catch(() => undefined))?.["autogen.m"]?.length;
    // Compaction may have been faster than the backup; then nothing comes back. A restored shard is closed for a moment.
    await expect.poll(points, { timeout: 20_000 }).toBe(listed.includes("tombstone") ? 2 : 1);
    await server.query("DROP DATABASE deleted; DROP DATABASE again");
  });

  test("points older than their policy keeps are told, not called missing", async () => {
    const now = Date.now();
    const other = await startInflux({ retentionCheck: "1s" });
    try {
      await estate.server.query("CREATE DATABASE short WITH DURATION INF SHARD DURATION 1h");
      const hours = [0, 1, 2, 5, 9].flatMap((h) =>
        [1, 2, 3].map((m) => `m v=${m} ${now - h * 3_600_000 - m * 60_000}000000`),
      );
      await estate.server.write("short", hours);
      await estate.server.query("ALTER RETENTION POLICY autogen ON short DURATION 2h SHARD DURATION 1h");
      const taken = await estate.backup("portable", "short");
      await estate.writeRunbook(
        "short",
        "title: Short\nscenario: x\nsteps:\n  - id: restore\n    kind: restore\n    store: temperatures\n",
      );
      const drill = async (env: Record<string, string>) =>
        estate.lifeboat(["run", "grill-stats", "short", "--drill", "--backup", taken], {
          ...estate.at("short"),
          ...env,
        });
      const same = await drill({});
      expect(same.code, same.stdout + same.stderr).toBe(0);
      expect(same.stdout).toMatch(
        /warning: no shard is older than its retention policy keeps.*the server removes them/,
      );
      // A server that looks every second removes them between load and verification.
      const slow = around("", `[ "$verb" = restore ] && sleep 3`);
      const gone = await drill({ ...other.env, ...(await estate.standIns({ influxd: slow })) });
      expect(gone.stdout).toMatch(/not checked: points older than their retention policy keeps/);
      expect(gone.code, gone.stdout + gone.stderr).toBe(0);
    } finally {
      await other.stop();
      await estate.server.query("DROP DATABASE short");
    }
  });

  test("a full disk while restoring beside leaves the live data and says what to do", async () => {
    if (!maySmallDisk()) return;
    const small = await openInfluxEstate({
      wrap: (folder) => [
        "sh",
        "-c",
        'mkdir -p "$1/data"; shift 1; exec "$@"',
        "sh",
        folder,
        ...withSmallDisk(join(folder, "data"), "300k"),
      ],
    });
    try {
      const taken = await small.backup();
      const whole = await small.server.snapshot("grill");
      const ran = await small.restore("grill", ["--backup", taken]);
      expect(ran.code, ran.stdout + ran.stderr).toBe(20);
      expect(ran.stdout).toMatch(
        /cannot be read|the disk is full|as with a full disk|no space left|EOF|broken pipe|connection reset/,
      );
      expect(await small.server.snapshot("grill")).toEqual(whole);
    } finally {
      await small.stop();
    }
  });

  test("a database whose name has quotes, spaces and a dash in front is restored and undone", async () => {
    const name = `-odd "name" 'x', $(y)`;
    await estate.fill(name);
    const taken = await estate.backup("portable", name);
    const held = await estate.server.snapshot(name);
    await estate.server.write(name, ["late v=1 1609459200000000000"]);
    const late = await estate.server.snapshot(name);
    const live = await estate.lifeboat(
      ["run", "grill-stats", "lost", "--live", `--confirm=${name}`, "--backup", taken],
      estate.at(name),
    );
    expect(live.code, live.stdout + live.stderr).toBe(0);
    expect(await estate.server.snapshot(name)).toEqual(held);
    const undo = await estate.lifeboat(["undo", "latest", `--confirm=${name}`]);
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    expect(await estate.server.snapshot(name)).toEqual(late);
    await estate.server.query(`DROP DATABASE "${name.replaceAll('"', '\\"')}"`);
    expect(await estate.server.databases()).toEqual(["grill"]);
  });
});
