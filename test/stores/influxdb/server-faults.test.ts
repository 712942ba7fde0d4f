import { execFileSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { INFLUXDB_PROGRAMS, type InfluxSnapshot } from "../../helpers/influxdb.ts";
import { around, type InfluxEstate, openInfluxEstate } from "../../helpers/influxdb-estate.ts";
import { freePort } from "../../helpers/free-port.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

// Each test runs the program several times, and other suites run beside it.
vi.setConfig({ testTimeout: 240_000 });

suiteFor("InfluxDB server faults", INFLUXDB_PROGRAMS, () => {
  let estate: InfluxEstate;
  let backup: string;
  let before: InfluxSnapshot | undefined;
  beforeAll(async () => {
    estate = await openInfluxEstate();
    backup = await estate.backup();
    await estate.server.write("grill", ["since v=1 1609459200000000000"]);
    before = await estate.server.snapshot("grill");
  });
  afterAll(() => estate?.stop());

  const isWhole = async (): Promise<void> => expect(await estate.server.snapshot("grill")).toEqual(before);
  const ask = (statement: string): string =>
    `influx -host 127.0.0.1 -port ${estate.server.port} -execute "${statement}"`;
  const write = (line: string): string =>
    `influx -host 127.0.0.1 -port ${estate.server.port} -database grill -execute 'INSERT ${line}'`;
  const undone = async (): Promise<void> => {
    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "grill"]);
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    expect(await estate.server.databases()).toEqual(["grill"]);
    await isWhole();
  };

  test("a port that nobody listens on, of the API and of the backup service, is named; nothing is touched", async () => {
    const port = String(await freePort());
    const api = await estate.restore("grill", ["--backup", backup], { INFLUX_PORT: port });
    expect(api.code).toBe(11);
    expect(api.stdout).toMatch(new RegExp(`no InfluxDB answers at 127\\.0\\.0\\.1:${port}`));
    expect(api.stdout).toMatch(/start it, or restore a legacy backup/);
    const service = await estate.restore("grill", ["--backup", backup], { INFLUX_BACKUP_PORT: port });
    expect(service.code).toBe(11);
    expect(service.stdout).toMatch(/the backup and restore service is closed: bind-address/);
    await isWhole();
  });

  test("points that come after the safety copy are taken into it; while they keep coming nothing is dropped", async () => {
    // Written between the backup that is the safety copy and the comparison with it.
    const steady = around(
      "",
      `[ "$verb" = restore ] && case $db in *__before_*) ${write("rush v=1")} ;; esac`,
    );
    const refused = await estate.restore(
      "grill",
      ["--backup", backup],
      await estate.standIns({ influxd: steady }),
    );
    expect(refused.code, refused.stdout + refused.stderr).toBe(20);
    expect(refused.stdout).toMatch(/the safety copy is not what grill holds now: points are being written/);
    expect((await estate.server.query("SHOW DATABASES")).map((row) => row["name"])).toContain("grill");
    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "grill"]);
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    const now = await estate.server.snapshot("grill");
    expect({ ...now, "autogen.rush": undefined }).toEqual({ ...before, "autogen.rush": undefined });
    await estate.server.query("DROP SERIES FROM rush").catch(() => undefined);
    execFileSync("influx", [
      "-host",
      "127.0.0.1",
      "-port",
      String(estate.server.port),
      "-database",
      "grill",
      "-execute",
      "DROP MEASUREMENT rush",
    ]);
    await isWhole();
  });

  test("a writer that makes the database anew when it misses it does not stop the restore, nor the undo", async () => {
    const telegraf = around(
      `[ "$verb" = restore ] && [ "$db" = grill ] && [ ! -e '${estate.folder}/made' ] && { ${ask("CREATE DATABASE grill")}; touch '${estate.folder}/made'; }`,
      "",
    );
    const path = await estate.standIns({ influxd: telegraf });
    const live = await estate.restore("grill", ["--backup", backup], path);
    expect(live.code, live.stdout + live.stderr).toBe(0);
    await rm(join(estate.folder, "made"));
    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "grill"], path);
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    await rm(join(estate.folder, "made"));
    await isWhole();
  });

  test("a restore under the live name that fails puts the old data back by itself", async () => {
    const path = await estate.standIns({
      influxd: around(
        `[ "$verb" = restore ] && [ "$db" = grill ] && [ ! -e '${estate.folder}/failed' ] && { touch '${estate.folder}/failed'; echo 'restore: unexpected EOF' >&2; exit 1; }`,
        "",
      ),
    });
    const ran = await estate.restore("grill", ["--backup", backup], path);
    expect(ran.code, ran.stdout + ran.stderr).toBe(20);
    await isWhole();
    await rm(join(estate.folder, "failed"));
    await undone();
  });

  test("a restore that says it is done and has left a shard out is put back by itself", async () => {
    const lost = around(
      "",
      `[ "$verb" = restore ] && [ "$db" = grill ] && [ ! -e '${estate.folder}/lost' ] && { touch '${estate.folder}/lost'; sleep 1; influx -host 127.0.0.1 -port ${estate.server.port} -database grill -execute 'DROP MEASUREMENT temp'; }`,
    );
    const ran = await estate.restore("grill", ["--backup", backup], await estate.standIns({ influxd: lost }));
    expect(ran.code, ran.stdout + ran.stderr).toBe(20);
    expect(ran.stdout).toMatch(/autogen\.temp: .*values missing/);
    await isWhole();
    await undone();
  });

  test("a server that is stopped in the middle of the cut-over: resume takes it to its end, undo back", async () => {
    const { server } = estate;
    const kills = around(
      `[ "$verb" = restore ] && [ "$db" = grill ] && touch '${estate.folder}/now' && while [ -e '${estate.folder}/now' ]; do sleep 0.1; done`,
      "",
    );
    for (const way of ["resume", "undo"] as const) {
      const running = estate.start(
        ["run", "grill-stats", "lost", "--live", "--confirm", "grill", "--backup", backup, "--plain"],
        await estate.standIns({ influxd: kills }),
      );
      await expect.poll(() => readdir(estate.folder), { timeout: 30_000 }).toContain("now");
      await server.halt("KILL");
      await rm(join(estate.folder, "now"));
      const ran = await running.ended;
      expect(ran.code).not.toBe(0);
      await server.start();
      const taken = await estate.lifeboat([
        way,
        "latest",
        "--confirm",
        "grill",
        ...(way === "resume" ? ["--plain"] : []),
      ]);
      expect(taken.code, taken.stdout + taken.stderr).toBe(0);
      if (way === "resume") {
        expect((await server.snapshot("grill"))?.["autogen.since"]).toBeUndefined();
        const back = await estate.lifeboat(["undo", "latest", "--confirm", "grill"]);
        expect(back.code, back.stdout + back.stderr).toBe(0);
      }
      await isWhole();
      expect(await server.databases()).toEqual(["grill"]);
    }
  });
});
