import { addressOf, type ConnectionBase, isLocalServer } from "./connection.ts";
import { type ConnectResult, secretKey } from "./declaration.ts";
import type { RedisStore } from "./redis.ts";
import { parseRedisUrl, type RedisUrl } from "./redis-url.ts";

/** Where a Redis server is, and how it is started and stopped. */
export interface RedisConnection extends ConnectionBase {
  kind: "redis";
  server: string;
  port: string;
  /** Instead of server and port. */
  socket: string | undefined;
  tls: boolean;
  caFile: string | undefined;
  /** Asked by queries; a restore is of all databases. */
  database: number;
  /** Vault key for REDISCLI_AUTH; undefined when no password is configured. */
  secretKey: string | undefined;
  start: readonly string[] | undefined;
  stop: readonly string[] | undefined;
  /** Where its files lie when it is stopped; undefined when system.yaml does not say. */
  dataFolder: string | undefined;
  dataFile: string;
}

/** A store's connection from its URL or its parts; what is left out is as redis-cli has it. */
export function connectRedis(name: string, store: RedisStore): ConnectResult<RedisConnection> {
  let url: RedisUrl = { tls: false };
  if (store.url !== undefined) {
    const parsed = parseRedisUrl(store.url);
    if (parsed.fault !== undefined) return { fault: parsed.fault, at: "url" };
    url = parsed.url;
  }
  const password = url.password ?? (store.password || undefined);
  const user = url.user ?? store.user ?? "";
  if (user !== "" && user !== "default" && password === undefined)
    return {
      fault: `the user ${user} is given without a password`,
      at: store.url === undefined ? "user" : "url",
    };
  const socket = url.socket ?? store.socket;
  const [server, port] = [url.server ?? store.server ?? "localhost", url.port ?? store.port ?? "6379"];
  return {
    connection: {
      kind: "redis",
      address: socket ?? addressOf({ server, port }),
      user,
      subject: store.name ?? name,
      isLocal: socket !== undefined || isLocalServer(server),
      reserved: [],
      server,
      port,
      socket,
      tls: url.tls || store.tls,
      caFile: store["ca-file"],
      database: url.database ?? 0,
      secretKey: password === undefined ? undefined : secretKey(name, "password"),
      start: store.start,
      stop: store.stop,
      dataFolder: store["data-folder"],
      dataFile: store["data-file"],
    },
    secrets: password === undefined ? {} : { password },
    remarks: [],
  };
}
