import { nearest } from "../../base/suggest.ts";
import { isPort } from "../common-schema.ts";
import {
  type Credentials,
  decode,
  ENCODE,
  pairIn,
  parsedBy,
  type ParsedUrl,
  takeApart,
  UrlFault,
} from "./connection-url.ts";
import { IGNORED_PARAMS, LIBPQ_ENV, SSLMODES } from "./libpq-params.ts";

/** The pieces of a connection URL; what it leaves out stays undefined. */
export interface PostgresUrl extends Credentials {
  server?: string;
  port?: string;
  database?: string;
  /** libpq environment variables, e.g. PGSSLMODE. */
  params: Record<string, string>;
  /** Parameters that have no effect here, in words. */
  remarks: string[];
}

/**
 * postgres:// and postgresql:// URLs as libpq and Prisma write them: percent-encoding, [IPv6], sockets as an encoded
 * host or `?host=/folder`. Parameters win over the parts before them, as in libpq.
 */
export const parsePostgresUrl = (text: string): ParsedUrl<PostgresUrl> => parsedBy(read, text);

function read(text: string): PostgresUrl {
  const expected = "a URL of the form postgresql://user:password@host:port/database is expected";
  const pieces = takeApart(text, /^postgres(?:ql)?:\/\//, expected);
  const { scheme: _scheme, hosts, path, query, queryAt, ...who } = pieces;
  const url: PostgresUrl = {
    ...who,
    ...hostAndPort(hosts),
    ...(path === undefined ? {} : { database: path }),
    params: {},
    remarks: [],
  };
  readParams(url, query, queryAt);
  return url;
}

function hostAndPort(text: string): Pick<PostgresUrl, "server" | "port"> {
  if (text.includes(","))
    throw new UrlFault("the URL names several hosts: a store is one server, so name the one to restore");
  const parts = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]]*))(?::(.*))?$/.exec(text);
  if (parts === null) throw new UrlFault(`the host cannot be read (an IPv6 address goes in [ ]); ${ENCODE}`);
  const [, six, name, port] = parts;
  const server = six ?? decode(name ?? "");
  return {
    ...(server === "" ? {} : { server }),
    ...(port === undefined || port === "" ? {} : { port: checkedPort(port) }),
  };
}

/** A port in words a message may not repeat: it can be half a password. */
function checkedPort(port: string): string {
  if (isPort(port)) return port;
  throw new UrlFault(`the port is not a number from 1 to 65535; ${ENCODE}`);
}

function readParams(url: PostgresUrl, query: string, offset: number): void {
  let at = offset;
  for (const pair of query.split("&")) {
    const end = at + pair.length;
    if (pair !== "") {
      const { name, value } = pairIn(pair);
      readParam(url, decode(name), decode(value), end - value.length, end);
    }
    at = end + 1;
  }
}

function readParam(url: PostgresUrl, name: string, value: string, start: number, end: number): void {
  if (name === "host") url.server = value;
  else if (name === "port") url.port = checkedPort(value);
  else if (name === "user") url.user = value;
  else if (name === "dbname") url.database = value;
  else if (name === "password") {
    url.password = value;
    url.passwordAt = { start, end };
  } else if (name === "ssl" && value === "true") url.params["PGSSLMODE"] ??= "require";
  else readOption(url, name, value);
}

function readOption(url: PostgresUrl, name: string, value: string): void {
  const variable = LIBPQ_ENV[name];
  if (name === "sslmode" && !SSLMODES.includes(value))
    throw new UrlFault(`unknown sslmode; expected one of ${SSLMODES.join(", ")}`);
  if (variable !== undefined) url.params[variable] = value;
  else if (!IGNORED_PARAMS.has(name)) {
    // A mistyped sslmode would silently mean less security, so it is not merely ignored.
    const near = nearest(name, Object.keys(LIBPQ_ENV));
    if (near !== undefined) throw new UrlFault(`unknown parameter in the URL, did you mean "${near}"?`);
    url.remarks.push("the URL holds a parameter that psql does not know; it is ignored");
  }
}
