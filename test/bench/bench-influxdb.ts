import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type InfluxEstate, openInfluxEstate } from "../helpers/influxdb-estate.ts";
import { timedRun } from "./timed-run.ts";
import { figure, median, shellSeconds } from "./timing.ts";

const GOAL = 1.3;
const ROUNDS = 3;
const BATCH = 20_000;
const DEVICES = 40;
const START = 1_609_459_200;
const RUNBOOK =
  "title: Lost\nscenario: bench\nsteps:\n  - { id: restore, kind: restore, store: temperatures }\n";

/** Numbers that do not compress: a fixed sequence of its own, so that two benches are alike. */
function* random(): Generator<number> {
  for (
    let state = 1n;
    ;
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & ((1n << 64n) - 1n)
  )
    yield Number(state >> 11n) / 2 ** 53;
}

async function fill(estate: InfluxEstate, points: number): Promise<void> {
  const numbers = random();
  const next = (): number => numbers.next().value ?? 0;
  await estate.server.query("DROP DATABASE grill; CREATE DATABASE grill WITH DURATION INF SHARD DURATION 4w");
  for (let from = 0; from < points; from += BATCH) {
    const lines = Array.from({ length: BATCH }, (_, at) => {
      const n = from + at;
      return `temp,device=d${n % DEVICES} a=${next()},b=${next()},c=${next()},d=${next()} ${START + Math.floor(n / DEVICES) * 60}000000000`;
    });
    await estate.server.write("grill", lines);
  }
}

/** (e), InfluxDB: restore and verification against the bare tool's restore alone. */
export async function benchInfluxdb(points = 7_000_000): Promise<void> {
  const estate = await openInfluxEstate();
  try {
    await estate.writeRunbook("lost", RUNBOOK);
    await fill(estate, points);
    const backup = await estate.backup("portable");
    const bytes = (await Promise.all((await readdir(backup)).map((name) => stat(join(backup, name))))).reduce(
      (sum, { size }) => sum + size,
      0,
    );
    const host = `-host 127.0.0.1:${estate.server.backupPort}`;
    const [ours, beside, theirs]: [number[], number[], number[]] = [[], [], []];
    for (let round = 1; round <= ROUNDS; round += 1) {
      theirs.push(
        shellSeconds(`influxd restore -portable ${host} -db grill -newdb bare '${backup}'`, estate.env),
      );
      await estate.server.query("DROP DATABASE bare");
      const { steps } = await timedRun(["grill-stats", "lost", "--drill", "--backup", backup], estate.env);
      const [artifact = 0, load = 0, verify = 0] = ["artifact", "load", "verify"].map((id) => steps.get(id));
      ours.push(load + verify);
      beside.push(load);
      console.log(
        `  round ${round} (s): read the artifact ${artifact.toFixed(2)}, restore ${load.toFixed(2)}, verify ${verify.toFixed(2)}; bare ${theirs.at(-1)?.toFixed(2)}`,
      );
    }
    console.log(`(e) influxdb: ${points} points of 4 fields, a backup of ${(bytes / 1e6).toFixed(0)} MB`);
    console.log(
      `  ${figure("restore beside, against influxd restore", median(beside), median(theirs), GOAL)}`,
    );
    console.log(`  ${figure("restore and every byte read back", median(ours), median(theirs), GOAL)}`);
  } finally {
    await estate.stop();
  }
}
