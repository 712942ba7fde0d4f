import { isPort } from "../common-schema.ts";
import {
  type Credentials,
  credentials,
  decode,
  ENCODE,
  parsedBy,
  type ParsedUrl,
  UrlFault,
} from "./connection-url.ts";

/** What a Redis URL says; the password apart from the rest. */
export interface RedisUrl extends Credentials {
  server?: string | undefined;
  port?: string | undefined;
  socket?: string | undefined;
  database?: number | undefined;
  tls: boolean;
}

/** scheme://[user[:password]@]host[:port][/database] as redis-cli and the client libraries read it. */
const SHAPE = /^((?:rediss?|unix|redis\+socket):\/\/)(?:([^@/]*)@)?([^?#]*)(?:\?([^#]*))?$/;

/** Takes a redis://, rediss:// or unix:// URL apart. */
export const parseRedisUrl = (text: string): ParsedUrl<RedisUrl> => parsedBy(read, text);

function read(text: string): RedisUrl {
  const match = SHAPE.exec(text);
  if (!match) throw new UrlFault("not a Redis URL: it begins with redis://, rediss:// or unix://");
  const [, scheme = "", userinfo = "", where = "", query = ""] = match;
  if (where.includes("@")) throw new UrlFault(`the URL cannot be taken apart: ${ENCODE}`);
  const who = credentials(userinfo, scheme.length);
  if (scheme.startsWith("redis:") || scheme.startsWith("rediss:"))
    return { ...who, tls: scheme.startsWith("rediss"), ...addressIn(where) };
  return { ...who, tls: false, socket: decode(where), ...databaseOf(new URLSearchParams(query).get("db")) };
}

function addressIn(where: string): Pick<RedisUrl, "server" | "port" | "database"> {
  const match = /^(\[[^\]]*\]|[^:/]*)(?::([^/]*))?(?:\/(.*))?$/.exec(where);
  if (!match) throw new UrlFault("after redis:// a host, perhaps a port, perhaps /database");
  const [, host = "", port, database] = match;
  if (port !== undefined && port !== "" && !isPort(port))
    throw new UrlFault(`the port is not a number from 1 to 65535; ${ENCODE}`);
  const server = host.replace(/^\[|\]$/g, "");
  return {
    ...(server === "" ? {} : { server: decode(server) }),
    ...(port === undefined || port === "" ? {} : { port }),
    ...databaseOf(database),
  };
}

function databaseOf(text: string | null | undefined): Pick<RedisUrl, "database"> {
  if (text === undefined || text === null || text === "") return {};
  if (!/^\d{1,4}$/.test(text))
    throw new UrlFault("the database of a Redis URL is a number, e.g. redis://host:6379/0");
  return { database: Number(text) };
}
