import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  appService,
  idleService,
  influxdbService,
  postgresService,
  redisService,
} from "../helpers/compose-services.ts";
import type { Service } from "../helpers/compose-estate.ts";
import { freePort } from "../helpers/free-port.ts";
import { influxClient, type InfluxClient } from "../helpers/influxdb-client.ts";
import { type Cache, cacheAt, type Database, databaseAt } from "./eyes.ts";
import { CACHE, DATABASE, TABLES, TEMPERATURES } from "./grill-stats-data.ts";
import { openSystemEstate, type SystemEstate } from "./system-estate.ts";

export interface GrillEstate extends SystemEstate {
  /** Where the application answers. */
  url: string;
  database: Database;
  /** The standby of the database, while there is one. */
  replica: Database;
  temperatures: InfluxClient;
  /** A statement about the database of temperatures, by the client in its container. */
  influx(statement: string): Promise<string>;
  cache: Cache;
  fill(): Promise<void>;
  /** Everything the three stores hold; another database than the primary where one is given. */
  truth(database?: Database): Promise<unknown>;
  /** `.env` of the project: which database the application asks. */
  lead(to: "primary" | "replica"): Promise<void>;
  /** Containers and volumes are gone, but for the backups' volume. */
  lose(): Promise<void>;
}

const SECRETS = { database: "grill p@ss%", redis: "re:d/is&" };
const OWN = { user: "grill_stats", password: SECRETS.database, database: "grill_stats" };
export const NAME = "grill_stats";
const LOST = ["app", "postgres-replica", "postgres", "influxdb", "redis"];

/** A standby: a base backup of the primary at its first start, with the words that make it follow. */
const replicaService = (primary: number, port: number): Service => ({
  container_name: "grill-stats-postgres-replica",
  command: [
    "sh",
    "-c",
    `at=/var/lib/postgresql/data
[ -s $$at/PG_VERSION ] || /serve/as-user postgres $$at pg_basebackup -h 127.0.0.1 -p ${primary} -U grill_stats -R -D $$at || exit
exec /serve/postgres`,
  ],
  volumes: ["replica_data:/var/lib/postgresql/data"],
  environment: { PORT: String(port), PGUSER: OWN.user, PGPASSWORD: "${DB_PASSWORD}" },
  healthcheck: ["pg_isready", "-q", "-h", "127.0.0.1", "-p", String(port)],
  depends_on: ["postgres"],
});

/** The compose project of a developer, its settings, and the operator's environment. Nothing of it is up yet. */
export async function openGrillEstate(): Promise<GrillEstate> {
  const ports = await Promise.all(Array.from({ length: 6 }, () => freePort()));
  const [primary = 0, standby = 0, influx = 0, influxBackup = 0, redis = 0, web = 0] = ports;
  const url = `http://127.0.0.1:${web}`;
  const settings = (port: number): string =>
    [
      `DB_PASSWORD='${SECRETS.database}'`,
      `REDIS_PASSWORD='${SECRETS.redis}'`,
      `APP_DB_PORT=${port}`,
      "",
    ].join("\n");
  const estate = await openSystemEstate({
    system: "grill-stats",
    services: {
      postgres: postgresService({
        ...OWN,
        container: "grill-stats-postgres",
        port: primary,
        volume: "postgres_data",
        password: "${DB_PASSWORD}",
      }),
      "postgres-replica": replicaService(primary, standby),
      influxdb: influxdbService({
        container: "grill-stats-influxdb",
        port: influx,
        backupPort: influxBackup,
        volume: "influxdb_data",
      }),
      redis: redisService({
        container: "grill-stats-redis",
        port: redis,
        volume: "redis_data",
        password: "${REDIS_PASSWORD}",
      }),
      app: appService({
        container: "grill-stats-app",
        port: web,
        environment: {
          APP_NAME: "grill-stats",
          PGHOST: "127.0.0.1",
          PGPORT: "${APP_DB_PORT}",
          PGUSER: OWN.user,
          PGDATABASE: OWN.database,
          PGPASSWORD: "${DB_PASSWORD}",
          REDIS_PORT: String(redis),
          REDIS_PASSWORD: "${REDIS_PASSWORD}",
        },
      }),
      "db-backup": { ...idleService("grill-stats-db-backup"), volumes: ["db_backups:/backups"] },
    },
    texts: { ".env": settings(primary) },
    operator: (project) => ({
      GRILL_STATS_HOME: project,
      GRILL_STATS_URL: url,
      // The volume of db-backup, as the engine keeps it on this machine.
      BACKUP_DIR: join(dirname(project), "data/volumes/grill-stats_db_backups/_data"),
      DB_PORT: String(primary),
      DB_PASSWORD: SECRETS.database,
      GRILL_STATS_REPLICA_PORT: String(standby),
      INFLUXDB_PORT: String(influx),
      INFLUXDB_BACKUP_PORT: String(influxBackup),
      REDIS_PORT: String(redis),
      REDIS_PASSWORD: SECRETS.redis,
    }),
  });
  const database = databaseAt(estate, { ...OWN, port: primary });
  const temperatures = influxClient(`http://127.0.0.1:${influx}`);
  const cache = cacheAt(estate, redis, SECRETS.redis);
  return {
    ...estate,
    url,
    database,
    replica: databaseAt(estate, { ...OWN, port: standby }),
    temperatures,
    influx: (statement) =>
      estate.stack.exec("influxdb", [
        "influx",
        "-port",
        String(influx),
        "-database",
        NAME,
        "-execute",
        statement,
      ]),
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
    lead: (to) =>
      writeFile(join(estate.stack.folder, ".env"), settings(to === "primary" ? primary : standby)),
    lose: () => estate.stack.lose(...LOST),
  };
}
