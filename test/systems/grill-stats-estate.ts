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
import type { Database } from "./eyes.ts";
import {
  environmentOf,
  grillDatabaseAt,
  type GrillPorts,
  type GrillStores,
  grillStores,
  NAME,
  PASSWORDS,
} from "./grill-stats-stores.ts";
import { openSystemEstate, type SystemEstate } from "./system-estate.ts";

export interface GrillEstate extends SystemEstate, GrillStores {
  /** Where the application answers. */
  url: string;
  /** The standby of the database, while there is one. */
  replica: Database;
  /** A statement about the database of temperatures, by the client in its container. */
  influx(statement: string): Promise<string>;
  /** `.env` of the project: which database the application asks. */
  lead(to: "primary" | "replica"): Promise<void>;
  /** Containers and volumes are gone, but for the backups' volume. */
  lose(): Promise<void>;
}

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
  environment: { PORT: String(port), PGUSER: NAME, PGPASSWORD: "${DB_PASSWORD}" },
  healthcheck: ["pg_isready", "-q", "-h", "127.0.0.1", "-p", String(port)],
  depends_on: ["postgres"],
});

/** `.env` of the project, with the port of the database that the application asks. */
const settings = (port: number): string =>
  [
    `DB_PASSWORD='${PASSWORDS.database}'`,
    `REDIS_PASSWORD='${PASSWORDS.redis}'`,
    `APP_DB_PORT=${port}`,
    "",
  ].join("\n");

/** The compose project of a developer, its settings, and the operator's environment. Nothing of it is up yet. */
export async function openGrillEstate(): Promise<GrillEstate> {
  const free = await Promise.all(Array.from({ length: 6 }, () => freePort()));
  const [primary = 0, standby = 0, influx = 0, influxBackup = 0, redis = 0, web = 0] = free;
  const ports: GrillPorts = { database: primary, influx, influxBackup, redis };
  const url = `http://127.0.0.1:${web}`;
  const estate = await openSystemEstate({
    system: "grill-stats",
    services: {
      postgres: postgresService({
        user: NAME,
        database: NAME,
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
          PGUSER: NAME,
          PGDATABASE: NAME,
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
      GRILL_STATS_REPLICA_PORT: String(standby),
      ...environmentOf(ports),
    }),
  });
  return {
    ...estate,
    ...grillStores(estate, ports),
    url,
    replica: grillDatabaseAt(estate, standby),
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
    lead: (to) =>
      writeFile(join(estate.stack.folder, ".env"), settings(to === "primary" ? primary : standby)),
    lose: () => estate.stack.lose(...LOST),
  };
}
