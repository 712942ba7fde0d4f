import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { openClickhouseEstate } from "../helpers/clickhouse-estate.ts";
import { stepTimes, sumOf, timedRun } from "./timed-run.ts";
import { figure, median, shellSeconds } from "./timing.ts";

const GOAL = 1.3;
const ROUNDS = 3;
/** Steps that restore and that prove what was restored. */
const PROVEN = ["create", "load", "verify"];

const RUNBOOK = "title: Lost\nscenario: bench\nsteps:\n  - { id: restore, kind: restore, store: metrics }\n";

/** Two tables of the users' sort: texts that differ, NULLs, arrays. About 73 bytes a row, unpacked. */
const fill = (rows: number): string => `DROP DATABASE vizora;
CREATE DATABASE vizora;
CREATE TABLE vizora.device_heartbeats (day Date, at DateTime, device_id UInt64, status String, cpu Float32, temperature Nullable(Float64), note String, tags Array(String), id UUID, cost Decimal(9, 2)) ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY (device_id, at) SETTINGS index_granularity = 8192;
CREATE TABLE vizora.content_impressions (day Date, at DateTime, content UInt64, device UInt32, seconds UInt16, title String) ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY (content, at) SETTINGS index_granularity = 8192;
INSERT INTO vizora.device_heartbeats SELECT toDate('2026-01-01') + intDiv(number, 40000), toDateTime('2026-01-01 00:00:00') + number, number % 5000, if(number % 7 = 0, 'offline', 'online'), number / 10, if(number % 5 = 0, NULL, number * 1.5), concat('note ', toString(cityHash64(number))), [toString(number % 10), 'x'], generateUUIDv4(), 1.25 FROM numbers(${rows});
INSERT INTO vizora.content_impressions SELECT toDate('2026-01-01') + intDiv(number, 40000), toDateTime('2026-01-01 00:00:00') + number, number % 900, number % 5000, number % 60, concat('title ', toString(cityHash64(number))) FROM numbers(${rows});
`;

/** Schema, then rows, into a database of its own: what a person would type. */
const restoreByHand = (backup: string, port: number): string => `cd "${backup}"
ch() { clickhouse-client --host 127.0.0.1 --port ${port} "$@"; }
ch --query "CREATE DATABASE by_hand"
for schema in *.sql; do table=\${schema%.sql}
  sed "1s/vizora\\.$table/by_hand.$table/" "$schema" | ch --multiquery
  gunzip -c "$table.native.gz" | ch --query "INSERT INTO by_hand.$table FORMAT Native"
done`;

/** (e), ClickHouse: the whole of a live restore, verification and swap in it, against the bare client's restore alone. */
export async function benchClickhouse(rows = 2_500_000): Promise<void> {
  const estate = await openClickhouseEstate();
  try {
    const { server } = estate;
    await estate.writeRunbook("lost", RUNBOOK);
    await server.run(fill(rows));
    const backup = await estate.backup();
    const packed = readdirSync(backup).reduce((sum, name) => sum + statSync(join(backup, name)).size, 0);
    const unpacked = await server.ask(
      "SELECT sum(data_uncompressed_bytes) FROM system.parts WHERE active AND database = 'vizora'",
    );
    const sizes = [Number(unpacked), packed].map((bytes) => `${(bytes / 1e6).toFixed(0)} MB`);
    console.log(`(e) clickhouse: ${2 * rows} rows in two tables, ${sizes.join(", packed ")}`);
    const [proven, live, hand]: [number[], number[], number[]] = [[], [], []];
    for (let round = 1; round <= ROUNDS; round += 1) {
      hand.push(shellSeconds(restoreByHand(backup, server.port), estate.env));
      await server.ask("DROP DATABASE by_hand");
      const args = ["signage", "lost", "--live", "--confirm", "vizora", "--backup", backup];
      const ran = await timedRun(args, estate.env);
      live.push(ran.seconds);
      proven.push(sumOf(ran, PROVEN));
      console.log(
        `  round ${round}: by hand ${hand.at(-1)?.toFixed(2)} s; live ${ran.seconds.toFixed(2)} s: ${stepTimes(ran)}`,
      );
      const kept = (await server.ask("SHOW DATABASES"))
        .split("\n")
        .filter((name) => name.startsWith("vizora__"));
      for (const name of kept) await server.ask(`DROP DATABASE ${name}`);
    }
    console.log(`  ${figure("restored and proven", median(proven), median(hand), GOAL)}`);
    console.log(`  ${figure("all of a live run", median(live), median(hand), GOAL)}`);
  } finally {
    await estate.stop();
  }
}
