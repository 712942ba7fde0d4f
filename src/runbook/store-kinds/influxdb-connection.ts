import { parseDuration } from "../../base/duration.ts";
import { addressOf, type ConnectionBase, isLocalServer } from "./connection.ts";
import { type ConnectResult, secretKey } from "./declaration.ts";
import type { InfluxdbStore } from "./influxdb.ts";

/** Where an InfluxDB 1.x store is. */
export interface InfluxdbConnection extends ConnectionBase {
  kind: "influxdb";
  server: string;
  port: string;
  tls: boolean;
  /** host:port of the backup and restore service, which asks nobody for a password. */
  backupAddress: string;
  database: string;
  /** Vault key for INFLUX_PASSWORD; undefined when no password is configured. */
  secretKey: string | undefined;
  /** Where the server's folders lie, and how it is stopped and started. */
  offline:
    | { folder: string; stop: readonly string[]; start: readonly string[]; waitSeconds: number }
    | undefined;
}

function offlineOf({ offline }: InfluxdbStore): InfluxdbConnection["offline"] {
  if (offline === undefined) return undefined;
  const { folder, stop, start, wait } = offline;
  return { folder, stop, start, waitSeconds: Math.ceil((parseDuration(wait) ?? 0) / 1000) };
}

/** A store's connection from its parts; what is left out is as influx and influxd have it. */
export function connectInfluxdb(name: string, store: InfluxdbStore): ConnectResult<InfluxdbConnection> {
  const { server, port, user, database } = store;
  const password = store.password || undefined;
  if (user === undefined && password !== undefined)
    return { fault: "a password without a user: say whose it is", at: "password" };
  return {
    connection: {
      kind: "influxdb",
      address: addressOf({ server, port }),
      user: user ?? "",
      subject: database,
      isLocal: isLocalServer(server),
      reserved: ["_internal"],
      server,
      port,
      tls: store.tls,
      backupAddress: addressOf({ server: store["backup-server"] ?? server, port: store["backup-port"] }),
      database,
      secretKey: password === undefined ? undefined : secretKey(name, "password"),
      offline: offlineOf(store),
    },
    secrets: password === undefined ? {} : { password },
    remarks: [],
  };
}
