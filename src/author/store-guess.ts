import type { StoreKindName } from "../runbook/store-kinds/registry.ts";
import type { Place } from "./shell/unwrap.ts";

/** What a command, a compose file or an env file tells of one store; everything else is open. */
export interface StoreGuess {
  kind: StoreKindName;
  /** Database, bucket or volume; may hold ${NAME}. */
  subject?: string;
  user?: string;
  server?: string;
  port?: string;
  endpoint?: string;
  /** The variable that holds a whole URL, or one of its parts. */
  urlVariable?: string;
  passwordVariable?: string;
  accessVariable?: string;
  secretVariable?: string;
  /** Where its programs are started, as far as the command says. */
  places?: readonly Place[];
  /** The compose service or container that is its server. */
  service?: string;
  container?: string;
  /** Tables of ClickHouse files and the like. */
  table?: string;
  /** A backup it was restored from, as it stands in the procedure. */
  file?: string;
}

/** How a store is called when nobody has named it. */
export const STORE_NAMES: Record<StoreKindName, string> = {
  postgres: "database",
  mongodb: "documents",
  s3: "files",
  clickhouse: "analytics",
  influxdb: "metrics",
  redis: "cache",
  volume: "volume",
};

/** How a kind is called in a sentence. */
export const KIND_TITLES: Record<StoreKindName, string> = {
  postgres: "PostgreSQL database",
  mongodb: "MongoDB database",
  s3: "bucket",
  clickhouse: "ClickHouse database",
  influxdb: "InfluxDB database",
  redis: "Redis data",
  volume: "volume",
};

const IMAGES: readonly [RegExp, StoreKindName][] = [
  [
    /(?:^|\/)(?:postgres|postgresql|postgis|pgvector|timescaledb|timescaledb-ha|pgvecto-rs)(?=[:@-]|$)|postgres/i,
    "postgres",
  ],
  [/mongo-express/i, "volume"],
  [/(?:^|\/)(?:mongo|mongodb|mongodb-community-server|ferretdb)(?=[:@-]|$)/i, "mongodb"],
  [/(?:^|\/)(?:redis|valkey|keydb|redis-stack|redis-stack-server)(?=[:@-]|$)/i, "redis"],
  [/(?:^|\/)minio(?=[:@]|$)/i, "s3"],
  [/clickhouse(?:-server)?(?=[:@-]|$)/i, "clickhouse"],
  [/(?:^|\/)influxdb(?=[:@-]|$)/i, "influxdb"],
];

/** The kind of store an image serves; undefined for an application. */
export function kindOfImage(image: string): StoreKindName | undefined {
  if (/exporter|express|admin|commander|insight|pgbouncer|backup|sentinel|metrics/i.test(image))
    return undefined;
  return IMAGES.find(([pattern]) => pattern.test(image))?.[1];
}

const WORDS: readonly [RegExp, StoreKindName][] = [
  [/postgres|\bpg\b|\bpg_|psql/i, "postgres"],
  [/mongo/i, "mongodb"],
  [/redis|valkey/i, "redis"],
  [/minio|\bs3\b|bucket|object storage/i, "s3"],
  [/clickhouse/i, "clickhouse"],
  [/influx/i, "influxdb"],
  [/volume/i, "volume"],
];

/** The kind of store a name or a table's cell speaks of. */
export const kindInWords = (text: string): StoreKindName | undefined =>
  WORDS.find(([pattern]) => pattern.test(text))?.[1];
