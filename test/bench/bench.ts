/**
 * `npm run bench [-- a b c d e redis …]`: each figure as a ratio of two sides measured in the same run. Not a test: machines differ,
 * the two sides of a ratio do not.
 */
import { benchClickhouse } from "./bench-clickhouse.ts";
import { benchHosts } from "./bench-hosts.ts";
import { benchInfluxdb } from "./bench-influxdb.ts";
import { benchMongodb } from "./bench-mongodb.ts";
import { benchOutput } from "./bench-output.ts";
import { benchOverhead } from "./bench-overhead.ts";
import { benchRecover } from "./bench-recover.ts";
import { benchRedis } from "./bench-redis.ts";
import { benchS3 } from "./bench-s3.ts";
import { benchStart } from "./bench-start.ts";
import { benchVolume } from "./bench-volume.ts";

const wanted = process.argv.slice(2);
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

if (wants("d")) await benchStart();
if (wants("b")) benchOverhead();
if (wants("c")) benchOutput();
if (wants("a")) await benchRecover(Number(process.env["BENCH_ROWS"] ?? 4_000_000));
if (wants("f")) await benchHosts();

/** e: restore and verification of each other kind of store against the bare tool's restore alone. */
const STORES = {
  redis: benchRedis,
  s3: benchS3,
  mongodb: benchMongodb,
  clickhouse: benchClickhouse,
  influxdb: benchInfluxdb,
  volume: benchVolume,
};
for (const [store, bench] of Object.entries(STORES)) if (wants("e") || wants(store)) await bench();
