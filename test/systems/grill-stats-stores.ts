import { expectOutcome } from "../faults/outcome.ts";
import { influxClient, type InfluxClient } from "../helpers/influxdb-client.ts";
import type { Operator } from "../helpers/operator.ts";
import { type Cache, cacheAt, type Client, type Database, databaseAt } from "./eyes.ts";
import { CACHE, DATABASE, TABLES, TEMPERATURES } from "./grill-stats-data.ts";

/** The name of the database, of its user, and of the database of temperatures. */
export const NAME = "grill_stats";
export const PASSWORDS = { database: "grill p@ss%", redis: "re:d/is&" };

export interface GrillPorts {
  database: number;
  influx: number;
  influxBackup: number;
  redis: number;
}

/** What the operator has in the environment of them, wherever they run. */
export const environmentOf = ({ database, influx, influxBackup, redis }: GrillPorts) => ({
  DB_PORT: String(database),
  DB_PASSWORD: PASSWORDS.database,
  INFLUXDB_PORT: String(influx),
  INFLUXDB_BACKUP_PORT: String(influxBackup),
  REDIS_PORT: String(redis),
  REDIS_PASSWORD: PASSWORDS.redis,
});

/** The three stores, for the tests' own eyes and hands. */
export interface GrillStores {
  database: Database;
  temperatures: InfluxClient;
  cache: Cache;
  fill(): Promise<void>;
  /** Everything they hold; another database than the primary where one is given. */
  truth(database?: Database): Promise<unknown>;
}

export const grillDatabaseAt = (has: { client: Client }, port: number): Database =>
  databaseAt(has, { user: NAME, password: PASSWORDS.database, database: NAME, port });

export function grillStores(has: { client: Client }, ports: GrillPorts): GrillStores {
  const database = grillDatabaseAt(has, ports.database);
  const temperatures = influxClient(`http://127.0.0.1:${ports.influx}`);
  const cache = cacheAt(has, ports.redis, PASSWORDS.redis);
  return {
    database,
    temperatures,
    cache,
    fill: async () => {
      await database.sql(DATABASE);
      await temperatures.query(`CREATE DATABASE ${NAME}`);
      await temperatures.write(NAME, TEMPERATURES);
      await cache.cli("EVAL", CACHE, "0");
    },
    truth: async (of = database) => ({
      database: await of.sums(TABLES),
      temperatures: await temperatures.snapshot(NAME),
      cache: await cache.snapshot(),
    }),
  };
}

/** Of all three, with everything that was filled in. */
export async function backUp({ lifeboat }: Pick<Operator, "lifeboat">): Promise<void> {
  expectOutcome(await lifeboat(["backup", "grill-stats"]), 0, "5 tables", "36,000 values", "802 keys");
}
