import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { INFLUXDB_PROGRAMS, type InfluxSnapshot } from "../helpers/influxdb.ts";
import { type InfluxEstate, openInfluxEstate } from "../helpers/influxdb-estate.ts";
import { suiteFor } from "../helpers/suite-for.ts";

/*
 * The sweep kills at journal lines; what a script does between two of them takes longest here. This kills Lifeboat and the
 * script at single calls of influx and influxd, before or after the real program has worked.
 *
 * Tried by hand, to see it fall: the mark of the cut-over written after the drop and the restore instead of before them
 * (restore-swap.ts): killed in between, resume ends with 20 and "the live database holds nothing", undo leaves the backup's data
 * live. The sweep over journal lines (influxdb.test.ts) stayed green with the same fault in 40 points: its deaths come sooner.
 */

const POINTS = Number(process.env["CHAOS_CALLS"] ?? 12);
/** How often a script asks until a restored shard answers differs, so the last points may not be reached. */
const UNREACHED = 4;
const MINUTE = 60_000;

/** A stand-in that counts its calls and, at the wanted one, ends Lifeboat and the script that called it, as kill -9 does. */
const deadly = (program: string, folder: string): string => `#!/bin/sh
PATH=\${PATH#*:}
echo >> '${folder}/calls'
n=$(grep -c '' '${folder}/calls')
read -r at when pid < '${folder}/deadly' || exec ${program} "$@"
die() { kill -9 "$pid"; kill -9 0; }
[ "$n" != "$at" ] || [ "$when" != before ] || die
${program} "$@"; r=$?
[ "$n" != "$at" ] || die
exit $r
`;

const isWhole = (all: Record<string, InfluxSnapshot>, before: InfluxSnapshot): boolean =>
  Object.values(all).some((one) => JSON.stringify(one) === JSON.stringify(before));

suiteFor("InfluxDB killed between two calls", INFLUXDB_PROGRAMS, () => {
  let estate: InfluxEstate;
  let backup: string;
  let held: InfluxSnapshot;
  let path: Record<string, string>;
  beforeAll(async () => {
    estate = await openInfluxEstate();
    backup = await estate.backup();
    held = (await estate.server.snapshot("grill")) ?? {};
    const { folder } = estate;
    path = await estate.standIns({ influx: deadly("influx", folder), influxd: deadly("influxd", folder) });
  });
  afterAll(() => estate?.stop());

  const start = async (name: string, at: number, when: string) => {
    await writeFile(join(estate.folder, "calls"), "");
    await writeFile(join(estate.folder, "deadly"), "");
    const env = { ...estate.at(name), ...path };
    const args = ["run", "grill-stats", "lost", "--live", "--confirm", name, "--backup", backup, "--plain"];
    const running = estate.start(args, env);
    await writeFile(join(estate.folder, "deadly"), `${at} ${when} ${running.pid}\n`);
    return running.ended;
  };
  const prepare = async (name: string): Promise<InfluxSnapshot> => {
    await estate.fill(name);
    await estate.server.write(name, ["late v=1 1609459200000000000"]);
    return (await estate.server.snapshot(name)) ?? {};
  };
  const drop = async (name: string): Promise<void> => {
    for (const one of Object.keys(await estate.snapshots(name)))
      await estate.server.query(`DROP DATABASE "${one}"`);
  };

  /** What is wrong; undefined when the run came to its end before the call. */
  async function survive(n: number, at: number, when: "before" | "after"): Promise<string[] | undefined> {
    const name = `k${n}_grill`;
    const before = await prepare(name);
    const ran = await start(name, at, when);
    if (ran.code === 0) {
      await drop(name);
      return undefined;
    }
    if (ran.code !== null) return [`call ${at}: was to die and ended with ${ran.code}`];
    const way = n % 2 === 0 ? "resume" : "undo";
    const problems: string[] = [];
    const found = await estate.snapshots(name).catch((): Record<string, InfluxSnapshot> => ({}));
    if (Object.keys(found).length > 0 && !isWhole(found, before))
      problems.push("no copy of the old data is whole");
    const taken = await estate.lifeboat([
      way,
      "latest",
      "--confirm",
      name,
      ...(way === "resume" ? ["--plain"] : []),
    ]);
    if (taken.code !== 0)
      problems.push(`${way} ended with ${taken.code}: ${taken.stdout.slice(-1500)}${taken.stderr}`);
    const { [name]: live, ...others } = await estate.snapshots(name);
    if (JSON.stringify(live) !== JSON.stringify(way === "resume" ? held : before))
      problems.push(
        `after ${way} the live database holds ${Object.keys(live ?? {}).join(", ") || "nothing"}`,
      );
    if (way === "undo" && Object.keys(others).length > 0)
      problems.push(`left over: ${Object.keys(others).join(", ")}`);
    if (way === "resume" && !isWhole(others, before)) problems.push("the old data is not kept");
    await drop(name);
    return problems.map((problem) => `call ${at}, ${when}: ${problem}`);
  }

  test(
    `a live restore killed at ${POINTS} calls of its programs can be taken on or back`,
    async () => {
      await prepare("k0_grill");
      const whole = await start("k0_grill", 100_000, "before");
      expect(whole.code, whole.stdout + whole.stderr).toBe(0);
      await drop("k0_grill");
      const calls = (await readFile(join(estate.folder, "calls"), "utf8")).length;
      // Before the plan is confirmed there is no run; the end of a run is where it matters most.
      const first = Math.ceil(calls / 4);
      const red: string[] = [];
      let unreached = 0;
      for (let point = 0; point < POINTS; point += 1) {
        const at = first + Math.floor(((calls - first) * point) / POINTS);
        const problems = await survive(point + 1, at, point % 4 < 2 ? "before" : "after");
        if (problems === undefined) unreached += 1;
        else red.push(...problems);
      }
      expect(red.join("\n\n")).toBe("");
      expect(unreached).toBeLessThanOrEqual(UNREACHED);
    },
    30 * MINUTE,
  );
});
