import { execFileSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { INFLUXDB_PROGRAMS, type InfluxSnapshot } from "../../helpers/influxdb.ts";
import { type InfluxEstate, openInfluxEstate } from "../../helpers/influxdb-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

// Each test runs the program several times, and other suites run beside it.
vi.setConfig({ testTimeout: 240_000 });

suiteFor("InfluxDB restored offline", INFLUXDB_PROGRAMS, () => {
  let estate: InfluxEstate;
  let backup: string;
  let held: InfluxSnapshot | undefined;
  let late: InfluxSnapshot | undefined;
  beforeAll(async () => {
    estate = await openInfluxEstate();
    const { server } = estate;
    // Shards 8 to 14: influxd itself restores shard 10 into a folder 1, offline.
    await estate.fill("pit");
    await server.query(
      "DROP DATABASE grill; CREATE USER telegraf WITH PASSWORD 'x'; GRANT WRITE ON pit TO telegraf",
    );
    backup = join(estate.folder, "legacy");
    await server.influxd("backup", "-db", "pit", backup);
    held = await server.snapshot("pit");
    await server.write("pit", ["late v=1 1609459200000000000"]);
    late = await server.snapshot("pit");
  });
  afterAll(() => estate?.stop());

  const offline = (args: string[] = ["--live", "--confirm", "pit"], from = backup) =>
    estate.lifeboat(
      ["run", "grill-stats", "lost", "--strategy", "replace", "--backup", from, ...args],
      estate.at("pit"),
    );
  const grants = () => estate.server.query("SHOW GRANTS FOR telegraf; SHOW CONTINUOUS QUERIES");
  const own = async (): Promise<string[]> =>
    (await readdir(estate.folder)).filter((name) => name.startsWith("lifeboat-"));

  test("what influxd's own offline restore loses, with exit 0: a shard whose number ends in 0", async () => {
    const place = join(estate.folder, "bare");
    execFileSync("influxd", [
      "restore",
      "-metadir",
      `${place}/meta`,
      "-datadir",
      `${place}/data`,
      "-database",
      "pit",
      backup,
    ]);
    expect((await readdir(join(place, "data", "pit", "autogen"))).toSorted()).toContain("1");
    expect(await readdir(join(place, "data", "pit", "autogen"))).not.toContain("10");
  });

  test("dry run, live, undo: every point of every shard, users and queries; the old folders whole", async () => {
    const before = await grants();
    const dry = await offline(["--dry-run"]);
    expect(dry.code, dry.stdout + dry.stderr).toBe(0);
    expect(await own()).toEqual([]);
    const live = await offline();
    expect(live.code, live.stdout + live.stderr).toBe(0);
    expect(await estate.server.snapshot("pit")).toEqual(held);
    expect(await grants()).toEqual(before);
    expect((await own()).filter((name) => name.startsWith("lifeboat-restore-"))).toEqual([]);
    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "pit"], estate.at("pit"));
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    expect(await estate.server.snapshot("pit")).toEqual(late);
    expect(await own()).toEqual([]);
  });

  test("a server that does not start is restored; undo puts its folders back and leaves it stopped", async () => {
    const { server, folder } = estate;
    execFileSync(server.env["INFLUX_CONTROL"] ?? "", ["stop"]);
    execFileSync("sh", [
      "-c",
      `cp '${folder}/meta/meta.db' '${folder}/meta.was'; echo broken > '${folder}/meta/meta.db'`,
    ]);
    const live = await offline();
    expect(live.code, live.stdout + live.stderr).toBe(0);
    expect(await server.snapshot("pit")).toEqual(held);
    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "pit"], estate.at("pit"));
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    expect(await own()).toEqual([]);
    execFileSync("sh", [
      "-c",
      `[ "$(cat '${folder}/meta/meta.db')" = broken ] && mv '${folder}/meta.was' '${folder}/meta/meta.db'`,
    ]);
    execFileSync(server.env["INFLUX_CONTROL"] ?? "", ["start"]);
    await expect.poll(() => server.snapshot("pit").catch(() => undefined), { timeout: 30_000 }).toEqual(late);
  });

  test("a server that does not come up on the new folders gets the old ones back by itself", async () => {
    const path = await estate.standIns({
      influxd: `#!/bin/sh\nPATH=\${PATH#*:}\ninfluxd "$@"; r=$?\ncase "$1 $2" in 'restore -metadir') echo broken > "$3/meta.db" ;; esac\nexit $r\n`,
    });
    const ran = await estate.lifeboat(
      [
        "run",
        "grill-stats",
        "lost",
        "--strategy",
        "replace",
        "--backup",
        backup,
        "--live",
        "--confirm",
        "pit",
      ],
      { ...estate.at("pit"), ...path, INFLUX_WAIT: "10s" },
    );
    expect(ran.code, ran.stdout + ran.stderr).toBe(20);
    expect(ran.stdout).toMatch(/the server was started and does not answer/);
    expect(await estate.server.snapshot("pit")).toEqual(late);
    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "pit"], estate.at("pit"));
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    expect(await own()).toEqual([]);
  });

  test("other databases, a portable backup, no settings: refused before anything is touched", async () => {
    const portable = await estate.backup("portable", "pit");
    const wrong = await offline(undefined, portable);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/a portable backup is restored by a running server only/);
    await estate.server.query("CREATE DATABASE other");
    await estate.server.write("other", ["x v=1"]);
    const others = await offline();
    expect(others.code).toBe(11);
    expect(others.stdout).toMatch(/other: a legacy backup replaces the metadata of the whole server/);
    await estate.server.query("DROP DATABASE other");
    expect(await estate.server.snapshot("pit")).toEqual(late);
  });
});
