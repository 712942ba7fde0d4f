import { z } from "zod";
import { clickhouse, type ClickhouseConnection } from "./clickhouse.ts";
import { influxdb, type InfluxdbConnection } from "./influxdb.ts";
import { mongodb, type MongodbConnection } from "./mongodb.ts";
import { postgres } from "./postgres.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import { redis, type RedisConnection } from "./redis.ts";
import { s3, type S3Connection } from "./s3.ts";
import type { ConnectResult, StoreDeclaration } from "./declaration.ts";
import { volume, type VolumeConnection } from "./volume.ts";

/** Every kind of store. A new kind adds its lines here. */
const DECLARATIONS = { postgres, mongodb, s3, clickhouse, influxdb, redis, volume } as const;

export const storeSchema = z.discriminatedUnion("kind", [
  postgres.schema,
  mongodb.schema,
  s3.schema,
  clickhouse.schema,
  influxdb.schema,
  redis.schema,
  volume.schema,
]);
export type Store = z.infer<typeof storeSchema>;
export type StoreKindName = Store["kind"];

/** Where a store is. Holds no secret: safe in plans, on screens, in journals. */
export type Connection =
  | PostgresConnection
  | MongodbConnection
  | S3Connection
  | ClickhouseConnection
  | InfluxdbConnection
  | RedisConnection
  | VolumeConnection;

/** Of a kind of store as a file names it; undefined for a kind nobody knows. */
export function declarationOf(kind: unknown): StoreDeclaration | undefined {
  return Object.entries(DECLARATIONS).find(([known]) => known === kind)?.[1];
}

export function connectStore(name: string, store: Store): ConnectResult<Connection> {
  return DECLARATIONS[store.kind].connect(name, store);
}

/** Step kinds that act on stores of any kind. */
export const isStoreAction = (kind: string): boolean =>
  Object.values(DECLARATIONS).some(({ actions }) => actions.includes(kind));

export const isStoreKind = (kind: string): kind is StoreKindName => Object.hasOwn(DECLARATIONS, kind);
