import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { INFLUXDB_PROGRAMS } from "../../helpers/influxdb.ts";
import { around, GRILL_SYSTEM, type InfluxEstate, openInfluxEstate } from "../../helpers/influxdb-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

// Each test runs the program several times, and other suites run beside it.
vi.setConfig({ testTimeout: 240_000 });

const EXACT = /every shard read back from the server \(\d shards, byte for byte as in the backup\)/;
/** Said where numbers were compared instead of bytes. */
const ONLY_COUNTED = /not checked: texts and booleans of autogen\.temp/;

suiteFor("InfluxDB shards against the sums of the backup's", INFLUXDB_PROGRAMS, () => {
  let estate: InfluxEstate;
  let backup: string;
  beforeAll(async () => {
    estate = await openInfluxEstate();
    backup = await estate.backup();
  });
  afterAll(() => estate?.stop());

  /** What the newest run's verification found. */
  const found = async (): Promise<string> => {
    const log = join(
      estate.folder,
      "home",
      "runs",
      (await estate.runs())[0] ?? "",
      "output",
      "restore.verify.log",
    );
    return readFile(log, "utf8");
  };
  /** A drill with these stand-ins; what its verification found. */
  async function drill(of: string, scripts: Record<string, string> = {}): Promise<string> {
    const ran = await estate.restore("grill", ["--drill", "--backup", of], await estate.standIns(scripts));
    expect([0, 24], ran.stdout + ran.stderr).toContain(ran.code);
    return found();
  }
  /** Every call of a program is a line of the file. */
  const counted = (program: string): string =>
    `#!/bin/sh\necho "$*" >> '${estate.folder}/${program}.calls'\nPATH=\${PATH#*:}\nexec ${program} "$@"\n`;
  const calls = (program: string): Promise<string> =>
    readFile(join(estate.folder, `${program}.calls`), "utf8").catch(() => "");
  /** Does something to the newest run's list of sums, between the artifact's reading and the verification. */
  const toList = (what: string): Record<string, string> => ({
    influxd: around(
      "",
      `[ "$verb" = restore ] && for f in '${estate.folder}'/home/runs/*/shards-*; do ${what}; done`,
    ),
  });

  test("restored files are summed where they lie: neither is the backup unpacked again, nor is one taken", async () => {
    expect(await drill(backup, { tar: counted("tar"), influxd: counted("influxd") })).toMatch(EXACT);
    expect(await calls("tar")).toBe("");
    expect(await calls("influxd")).not.toMatch(/backup -portable -host \S+ -db/);
  });

  test("an archive and a legacy backup are compared byte for byte as well", async () => {
    const legacy = join(estate.folder, "legacy");
    await estate.server.influxd("backup", "-db", "grill", legacy);
    for (const one of [await estate.backup("portable.tar.gz"), legacy])
      expect(await drill(one)).toMatch(EXACT);
  });

  test("without openssl sha256sum gives the same", async () => {
    const bin = join(estate.folder, "bin-without");
    await mkdir(bin);
    execFileSync("sh", [
      "-c",
      `for d in /usr/bin /bin; do ln -sf $d/* '${bin}'; done; rm -f '${bin}/openssl'`,
    ]);
    const path = estate.env["PATH"]
      ?.split(":")
      .filter((folder) => !/^\/(?:usr\/)?(?:local\/)?s?bin$/.test(folder));
    const PATH = [...(path ?? []), bin].join(":");
    expect(() => execFileSync("sh", ["-c", "command -v openssl"], { env: { PATH } })).toThrow();
    const ran = await estate.restore("grill", ["--drill", "--backup", backup], { PATH });
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(await found()).toMatch(EXACT);
  });

  test("where the server's disk is not to be seen from here the shards are read back, and are the same", async () => {
    await estate.writeSystem(GRILL_SYSTEM.replace("server: 127.0.0.1", "server: 0.0.0.0"));
    expect(await drill(backup, { influxd: counted("influxd") })).toMatch(EXACT);
    expect(await calls("influxd")).toMatch(/backup -portable -host \S+ -db grill__drill/);
    await estate.writeSystem(GRILL_SYSTEM);
  });

  test("a list that is gone is made from the backup", async () => {
    expect(await drill(backup, toList('rm "$f"'))).toMatch(EXACT);
  });

  test.each([
    ["one digit", 'tr "0-9" "1-90" < "$f" > "$f.x"; mv "$f.x" "$f"'],
    ["a shard too many", 'sed -n p "$f" "$f" > "$f.x"; mv "$f.x" "$f"'],
    ["a shard left out", 'sed -i 1d "$f"'],
  ])("sums that are not those of the backup are never taken for equal: %s", async (_what, change) => {
    const said = await drill(backup, toList(change));
    expect(said).not.toMatch(/byte for byte/);
    expect(said).toMatch(ONLY_COUNTED);
  });

  test("one changed byte of a restored file is found", async () => {
    // Behind the file's header and the first block's checksum: inside the values.
    const flip = `until [ -n "$(find '${estate.server.dataDir}'/grill__drill* -name '*.tsm')" ]; do sleep 0.1; done
for f in '${estate.server.dataDir}'/grill__drill*/autogen/*/*.tsm; do printf 'X' | dd of="$f" bs=1 seek=40 conv=notrunc 2>/dev/null; done`;
    const said = await drill(backup, {
      influxd: around("", `[ "$verb" = restore ] && { sleep 1; ${flip}; }`),
    });
    expect(said).not.toMatch(/byte for byte/);
    expect(said).toMatch(/^(?:fail|not checked): /m);
  });

  test("the safety copy and what is live are compared byte for byte, no sums are asked", async () => {
    const asked = join(estate.folder, "asked");
    await writeFile(asked, "");
    const ran = await estate.restore(
      "grill",
      ["--backup", backup],
      await estate.standIns({ influx: `#!/bin/sh\nPATH=\${PATH#*:}\ntee -a '${asked}' | influx "$@"\n` }),
    );
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(await readFile(asked, "utf8")).not.toMatch(/sum\(\*\)/);
    const run = (await estate.runs())[0] ?? "";
    expect(await readdir(join(estate.folder, "home", "runs", run))).not.toContain("scratch-restore");
  });
});
