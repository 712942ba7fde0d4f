import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { INFLUXDB_PROGRAMS } from "../../helpers/influxdb.ts";
import { type InfluxEstate, openInfluxEstate } from "../../helpers/influxdb-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

// Each test runs the program several times, and other suites run beside it.
vi.setConfig({ testTimeout: 240_000 });

/** influxd that does something to the database it has just restored, as `$db`, with influx. */
const damaging = (port: number, damage: string): string => `#!/bin/sh
PATH=\${PATH#*:}
influxd "$@" || exit
[ "$1" = restore ] || exit 0
while [ $# -gt 1 ]; do case $1 in -newdb) db=$2 ;; esac; shift; done
case $db in *__before_*) exit 0 ;; esac
until influx -port ${port} -host 127.0.0.1 -database "$db" -execute 'SELECT first(*) FROM autogen./.*/' > /dev/null 2>&1; do sleep 0.1; done
ask() { until influx -port ${port} -host 127.0.0.1 -database "$db" -execute "$1"; do sleep 0.1; done; }
${damage}
`;

const CASES: { what: string; damage: string; says: RegExp }[] = [
  {
    what: "a changed number",
    damage: `ask 'INSERT temp,device=d3,room=r0 celsius=-273.15 1609464600000000000'`,
    says: /autogen\.temp: at least one value is not what was backed up: celsius from 2020-12-28T00:00 to 2021-01-04T00:00: the sum was/,
  },
  {
    what: "a large integer that differs in its last digit",
    damage: String.raw`ask 'INSERT odd\ meas\,x,tag\ a=v\=1,ünï=ß big=9007199254740994i 1609459200000000000'`,
    says: /autogen\.odd meas,x: .*big from 2020-12-28.*the sum was 360287970189640500, is 360287970189640501/,
  },
  {
    what: "a missing point",
    damage: `ask "DELETE FROM temp WHERE device = 'd3' AND time = 1609464600000000000"`,
    says: /autogen\.temp: battery from 2020-12-28T00:00 to 2021-01-04T00:00: 1 value missing/,
  },
  {
    what: "a point too many",
    damage: `ask 'INSERT temp,device=d3,room=r0 celsius=1 1609464600000000001'`,
    says: /autogen\.temp: celsius from 2020-12-28T00:00 to 2021-01-04T00:00: 1 value too many/,
  },
  {
    what: "a missing measurement",
    damage: "ask 'DROP MEASUREMENT temp'",
    says: /measurement: all 3 there.*missing: autogen.temp[\s\S]*measurement temp holds points/,
  },
  {
    what: "a field of another type",
    damage: `ask 'INSERT temp,device=d3,room=r0 extra=1i 1609464600000000000'`,
    says: /not in the backup: field autogen\.temp\.extra \(integer\)/,
  },
  {
    what: "another retention policy",
    damage: `ask "ALTER RETENTION POLICY \\"long term\\" ON \\"$db\\" DURATION 2000w"`,
    says: /retention policy: all 2 there.*different: long term/,
  },
  {
    what: "a policy that is not the default any more",
    damage: `ask "ALTER RETENTION POLICY \\"long term\\" ON \\"$db\\" DEFAULT"`,
    says: /retention policy: all 2 there.*different: autogen, long term/,
  },
];

suiteFor("InfluxDB verification", INFLUXDB_PROGRAMS, () => {
  let estate: InfluxEstate;
  let backup: string;
  beforeAll(async () => {
    estate = await openInfluxEstate();
    backup = await estate.backup();
  });
  afterAll(() => estate?.stop());

  test.each(CASES)(
    "$what in the copy is red and named, and nothing was touched",
    async ({ damage, says }) => {
      const path = await estate.standIns({ influxd: damaging(estate.server.port, damage) });
      const before = await estate.server.snapshot("grill");
      const ran = await estate.restore("grill", ["--backup", backup], path);
      expect(ran.stdout + ran.stderr).toMatch(says);
      expect(ran.code).toBe(24);
      expect(await estate.server.snapshot("grill")).toEqual(before);
      const undo = await estate.lifeboat(["undo", "latest", "--confirm", "grill"]);
      expect(undo.code, undo.stdout + undo.stderr).toBe(0);
      expect(await estate.server.databases()).toEqual(["grill"]);
    },
  );

  test("texts are compared too, by reading the shards back; only where the server has other files it is said that they were not", async () => {
    const changed = `ask 'INSERT temp,device=d3,room=r0 note="changed" 1609464600000000000'`;
    const path = await estate.standIns({ influxd: damaging(estate.server.port, changed) });
    const ran = await estate.restore("grill", ["--drill", "--backup", backup], path);
    expect(ran.stdout).toMatch(/not checked: texts and booleans of autogen\.temp; why: note, ok: counted/);
    const exact = await estate.restore("grill", ["--drill", "--backup", backup]);
    expect(exact.stdout).not.toContain("texts and booleans");
    expect(exact.code).toBe(0);
  });

  test("without a manifest other files are not called whole", async () => {
    const bare = join(estate.folder, "bare");
    await cp(backup, bare, { recursive: true });
    const gone = `ask 'DROP MEASUREMENT hourly'`;
    const path = await estate.standIns({ influxd: damaging(estate.server.port, gone) });
    const ran = await estate.restore("grill", ["--drill", "--backup", bare], path);
    expect(ran.stdout).toMatch(
      /not checked: every shard read back from the server: found .*; why: the server has compacted/,
    );
  });

  test("a shard that is removed behind the artifact check is found in the copy", async () => {
    const torn = join(estate.folder, "torn");
    await cp(backup, torn, { recursive: true });
    await cp(`${backup}.manifest.json`, `${torn}.manifest.json`);
    const [shard = ""] = (await readdir(torn)).filter((name) => name.endsWith(".tar.gz"));
    // influxd exits with 0 all the same.
    const path = await estate.standIns({
      influxd: `#!/bin/sh\nPATH=\${PATH#*:}\ncase $1 in restore) mv '${torn}/${shard}' '${torn}.gone' ;; esac\ninfluxd "$@"; r=$?\ncase $1 in restore) mv '${torn}.gone' '${torn}/${shard}' ;; esac\nexit $r\n`,
    });
    const ran = await estate.restore("grill", ["--backup", torn], path);
    expect(ran.stdout + ran.stderr).toMatch(
      /autogen\.temp: battery from 2020-12-28T00:00 to 2021-01-04T00:00: \d+ values missing/,
    );
    expect(ran.code).toBe(24);
    await rm(torn, { recursive: true });
  });

  test("verify on its own compares the live database, also from an archive", async () => {
    await estate.writeRunbook(
      "check",
      "title: Check\nscenario: monthly\nsteps:\n  - id: check\n    kind: verify\n    store: temperatures\n",
    );
    await estate.fill("checked");
    const packed = await estate.backup("portable.tar.gz", "checked");
    const check = () =>
      estate.lifeboat(
        ["run", "grill-stats", "check", "--live", "--confirm", "checked", "--backup", packed],
        estate.at("checked"),
      );
    const whole = await check();
    expect(whole.code, whole.stdout + whole.stderr).toBe(0);
    await estate.server.write("checked", ["temp,device=d3 celsius=1 1609464600000000003"]);
    // What is newer than the backup is no fault.
    await estate.server.write("checked", [`temp,device=d3 celsius=1 ${Date.now()}000000`]);
    const changed = await check();
    expect(changed.code).toBe(24);
    expect(changed.stdout).toMatch(/1 value too many/);
    expect(changed.stdout).not.toMatch(/[2-9] values too many/);
    await estate.server.query("DROP DATABASE checked");
  });

  test("points are told from those written while the backup was taken", async () => {
    await estate.fill("busy");
    const busy = `#!/bin/sh\nPATH=\${PATH#*:}\ninfluxd "$@"; r=$?\ncase $1 in backup) influx -host 127.0.0.1 -port ${estate.server.port} -database busy -execute 'INSERT temp,device=d3 celsius=1 1609464600000000009' ;; esac\nexit $r\n`;
    const path = await estate.standIns({ influxd: busy });
    const ran = await estate.lifeboat(["backup", "grill-stats", "temperatures"], {
      ...estate.at("busy"),
      ...path,
    });
    expect(ran.code, ran.stderr).toBe(0);
    const taken = ran.stdout.split("\n")[0] ?? "";
    const drill = await estate.restore("busy", ["--drill", "--backup", taken], {});
    expect(drill.code, drill.stdout + drill.stderr).toBe(0);
    const extra = await estate.standIns({
      influxd: damaging(estate.server.port, `ask 'INSERT temp,device=d3 celsius=1 1609464600000000010'`),
    });
    const moved = await estate.restore("busy", ["--drill", "--backup", taken], extra);
    expect(moved.stdout).toMatch(
      /not checked: points of autogen\.temp: .*; why: it was written to in the past/,
    );
  });
});
