import { isPort } from "../common-schema.ts";

/** What a Redis URL says; the password apart from the rest. */
export interface RedisUrl {
  server?: string | undefined;
  port?: string | undefined;
  socket?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
  /** Where the password stands in the text, percent-encoded as it is there. */
  passwordAt?: { start: number; end: number } | undefined;
  database?: number | undefined;
  tls: boolean;
}

/** scheme://[user[:password]@]host[:port][/database] as redis-cli and the client libraries read it. */
const SHAPE = /^(rediss?|unix|redis\+socket):\/\/(?:([^@/]*)@)?([^?#]*)(?:\?([^#]*))?$/;

const ENCODE = "in user and password write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25";

/**
 * Takes a redis://, rediss:// or unix:// URL apart. `fault` never quotes it, since any part of a mistyped one may be the
 * password.
 */
export function parseRedisUrl(
  text: string,
): { url: RedisUrl; fault?: undefined } | { url?: undefined; fault: string } {
  if (/[\s\p{Cc}]/u.test(text))
    return { fault: "the URL holds a space, a line break or another control character" };
  const match = SHAPE.exec(text);
  if (!match) return { fault: "not a Redis URL: it begins with redis://, rediss:// or unix://" };
  const [, scheme = "", userinfo, where = "", query = ""] = match;
  if (where.includes("@")) return { fault: `the URL cannot be taken apart: ${ENCODE}` };
  try {
    const who = credentials(text, scheme, userinfo);
    const isSocket = scheme === "unix" || scheme === "redis+socket";
    return isSocket
      ? {
          url: {
            ...who,
            tls: false,
            socket: decodeURIComponent(where),
            ...databaseOf(new URLSearchParams(query).get("db")),
          },
        }
      : { url: { ...who, tls: scheme === "rediss", ...addressIn(where) } };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

function credentials(
  text: string,
  scheme: string,
  userinfo: string | undefined,
): Pick<RedisUrl, "user" | "password" | "passwordAt"> {
  if (userinfo === undefined) return {};
  const colon = userinfo.indexOf(":");
  const user = decodeURIComponent(colon < 0 ? userinfo : userinfo.slice(0, colon));
  const named = user === "" ? {} : { user };
  if (colon < 0) return named;
  const start = scheme.length + "://".length + colon + 1;
  const end = start + userinfo.length - colon - 1;
  const password = decodeURIComponent(text.slice(start, end));
  return password === "" ? named : { ...named, password, passwordAt: { start, end } };
}

function addressIn(where: string): Pick<RedisUrl, "server" | "port" | "database"> {
  const match = /^(\[[^\]]*\]|[^:/]*)(?::([^/]*))?(?:\/(.*))?$/.exec(where);
  if (!match) throw new Error("after redis:// a host, perhaps a port, perhaps /database");
  const [, host = "", port, database] = match;
  if (port !== undefined && port !== "" && !isPort(port))
    throw new Error(`the port is not a number from 1 to 65535; ${ENCODE}`);
  const server = host.replace(/^\[|\]$/g, "");
  return {
    ...(server === "" ? {} : { server: decodeURIComponent(server) }),
    ...(port === undefined || port === "" ? {} : { port }),
    ...databaseOf(database),
  };
}

function databaseOf(text: string | null | undefined): Pick<RedisUrl, "database"> {
  if (text === undefined || text === null || text === "") return {};
  if (!/^\d{1,4}$/.test(text))
    throw new Error("the database of a Redis URL is a number, e.g. redis://host:6379/0");
  return { database: Number(text) };
}
