import { nearest } from "../../base/suggest.ts";
import { isPort } from "../common-schema.ts";
import { IGNORED_PARAMS, LIBPQ_ENV, SSLMODES } from "./libpq-params.ts";

/** The pieces of a connection URL; what it leaves out stays undefined. */
export interface PostgresUrl {
  server?: string;
  port?: string;
  user?: string;
  password?: string;
  database?: string;
  /** libpq environment variables, e.g. PGSSLMODE. */
  params: Record<string, string>;
  /** Parameters that have no effect here, in words. */
  remarks: string[];
  /** Where the password stands in the text given, for telling which variables are secret. */
  passwordAt?: { start: number; end: number };
}

/** `fault` says what is wrong and never quotes the URL, since any part of a mistyped one may be the password. */
export type ParsedUrl = { url: PostgresUrl; fault?: undefined } | { fault: string; url?: undefined };

const ENCODE = "in user and password write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25";

/**
 * postgres:// and postgresql:// URLs as libpq and Prisma write them: percent-encoding, [IPv6], sockets as an encoded
 * host or `?host=/folder`. Parameters win over the parts before them, as in libpq.
 */
export function parsePostgresUrl(text: string): ParsedUrl {
  try {
    return { url: read(text) };
  } catch (error) {
    if (error instanceof UrlFault) return { fault: error.message };
    throw error;
  }
}

class UrlFault extends Error {}

function read(text: string): PostgresUrl {
  if (/[\s\p{Cc}]/u.test(text))
    throw new UrlFault("the URL holds a space, a line break or another control character");
  const scheme = /^postgres(?:ql)?:\/\//.exec(text)?.[0];
  if (scheme === undefined)
    throw new UrlFault("a URL of the form postgresql://user:password@host:port/database is expected");
  if (text.includes("#")) throw new UrlFault(`the URL holds a "#": ${ENCODE}`);
  const query = text.indexOf("?");
  const beforeQuery = query < 0 ? text : text.slice(0, query);
  const slash = beforeQuery.indexOf("/", scheme.length);
  const authority = beforeQuery.slice(scheme.length, slash < 0 ? undefined : slash);
  const path = slash < 0 ? "" : beforeQuery.slice(slash + 1);
  if (/[@/]/.test(path)) throw new UrlFault(`the URL cannot be taken apart: ${ENCODE}`);
  const at = authority.lastIndexOf("@");
  const url: PostgresUrl = {
    ...credentials(authority.slice(0, Math.max(0, at)), scheme.length),
    ...hostAndPort(authority.slice(at + 1)),
    params: {},
    remarks: [],
  };
  if (path !== "") url.database = decode(path);
  if (query >= 0) readParams(url, text.slice(query + 1), query + 1);
  return url;
}

function credentials(text: string, offset: number): Pick<PostgresUrl, "user" | "password" | "passwordAt"> {
  const colon = text.indexOf(":");
  const user = colon < 0 ? text : text.slice(0, colon);
  const password = colon < 0 ? "" : text.slice(colon + 1);
  return {
    ...(user === "" ? {} : { user: decode(user) }),
    ...(password === ""
      ? {}
      : {
          password: decode(password),
          passwordAt: { start: offset + colon + 1, end: offset + text.length },
        }),
  };
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
    const equals = pair.indexOf("=");
    if (pair !== "" && equals < 1) throw new UrlFault(`a parameter behind "?" is not name=value; ${ENCODE}`);
    const start = at + equals + 1;
    at += pair.length + 1;
    if (pair !== "")
      readParam(url, decode(pair.slice(0, equals)), decode(pair.slice(equals + 1)), start, at - 1);
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

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UrlFault(`a "%" in the URL does not begin two hexadecimal digits; ${ENCODE}`);
  }
}
