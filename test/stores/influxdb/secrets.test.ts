import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { INFLUXDB_PROGRAMS } from "../../helpers/influxdb.ts";
import { type InfluxEstate, openInfluxEstate } from "../../helpers/influxdb-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

// Each test runs the program several times, and other suites run beside it.
vi.setConfig({ testTimeout: 240_000 });

const CANARY = "kanarien-8f3a-vogel";

suiteFor("InfluxDB with authentication", INFLUXDB_PROGRAMS, () => {
  let estate: InfluxEstate;
  beforeAll(async () => {
    estate = await openInfluxEstate({ password: CANARY });
  });
  afterAll(() => estate?.stop());

  const logged = (program: string): string => `#!/bin/sh
PATH=\${PATH#*:}
printf '%s\\n' "${program} $*" >> '${estate.folder}/argv.log'
[ -z "$INFLUX_PASSWORD" ] || echo "${program} was given it" >> '${estate.folder}/given.log'
exec ${program} "$@"
`;

  test("backup, live restore and undo reach the server; the password is in no argv, file or word of the run", async () => {
    const path = await estate.standIns({ influx: logged("influx"), influxd: logged("influxd") });
    const backup = await estate.backup();
    const before = await estate.server.snapshot("grill");
    await estate.server.write("grill", ["late v=1 1609459200000000000"]);
    const live = await estate.restore("grill", ["--backup", backup], path);
    expect(live.code, live.stdout + live.stderr).toBe(0);
    expect(await estate.server.snapshot("grill")).toEqual(before);
    const undo = await estate.lifeboat(["undo", "latest", "--confirm", "grill"], path);
    expect(undo.code, undo.stdout + undo.stderr).toBe(0);
    expect(await readFile(join(estate.folder, "given.log"), "utf8")).toContain("influx was given it");
    const argv = await readFile(join(estate.folder, "argv.log"), "utf8");
    expect(argv).toContain("influxd restore");
    expect(argv + live.stdout + live.stderr + undo.stdout + undo.stderr).not.toContain(CANARY);
    const found = spawnSync("grep", [
      "-rl",
      CANARY,
      join(estate.folder, "home"),
      backup,
      `${backup}.manifest.json`,
    ]);
    expect(found.stdout.toString()).toBe("");
  });

  test("a wrong password, none, and a user who is no admin are named; nothing is touched", async () => {
    const backup = await estate.backup();
    const before = await estate.server.snapshot("grill");
    const wrong = await estate.restore("grill", ["--backup", backup], { GRILL_PASSWORD: "wrong" });
    expect(wrong.code).toBe(11);
    expect(wrong.stderr).toMatch(/authorization failed[\s\S]*(admin user|password)/);
    await estate.server.query(`CREATE USER low WITH PASSWORD 'x'; GRANT ALL ON grill TO low`);
    const system = await readFile(join(estate.folder, "runbooks", "grill-stats", "system.yaml"), "utf8");
    await estate.writeSystem(system.replace("user: boss", "user: low"));
    const low = await estate.restore("grill", ["--backup", backup], { GRILL_PASSWORD: "x" });
    expect(low.code).toBe(11);
    expect(low.stderr).toMatch(/requires admin privilege|an admin user/);
    await estate.writeSystem(system);
    expect(await estate.server.snapshot("grill")).toEqual(before);
    expect(await estate.server.databases()).toEqual(["grill"]);
  });
});
