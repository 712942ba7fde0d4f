import { isPort } from "../common-schema.ts";

/** The pieces of a connection string; what it leaves out stays undefined. */
export interface MongodbUrl {
  /** mongodb+srv: the hosts are found by DNS. */
  srv: boolean;
  /** host:port, several with a comma for a replica set. */
  hosts: string;
  user?: string;
  password?: string;
  database?: string;
  /** Options behind "?", as they were written. */
  options: Record<string, string>;
  /** Where the password stands in the text given, for telling which variables are secret. */
  passwordAt?: { start: number; end: number };
}

/** `fault` says what is wrong and never quotes the URL, since any part of a mistyped one may be the password. */
export type ParsedUrl = { url: MongodbUrl; fault?: undefined } | { fault: string; url?: undefined };

const ENCODE = "in user and password write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25";
const HOST = /^(?:\[[0-9a-fA-F:.%\w]+\]|[^:[\]@/]+)(?::(?<port>\d+))?$/;

/** Options that may hold a secret, which has no place in a command line. */
const SECRET_OPTIONS = [
  "authMechanismProperties",
  "tlsCertificateKeyFilePassword",
  "sslClientCertificateKeyPassword",
];

/** mongodb:// and mongodb+srv:// (https://www.mongodb.com/docs/manual/reference/connection-string/). */
export function parseMongodbUrl(text: string): ParsedUrl {
  try {
    return { url: read(text) };
  } catch (error) {
    if (error instanceof UrlFault) return { fault: error.message };
    throw error;
  }
}

class UrlFault extends Error {}

function read(text: string): MongodbUrl {
  if (/[\s\p{Cc}]/u.test(text))
    throw new UrlFault("the URL holds a space, a line break or another control character");
  const scheme = /^mongodb(?:\+srv)?:\/\//.exec(text)?.[0];
  if (scheme === undefined)
    throw new UrlFault("a URL of the form mongodb://user:password@host:port/database is expected");
  if (text.includes("#")) throw new UrlFault(`the URL holds a "#": ${ENCODE}`);
  const query = text.indexOf("?");
  const before = query < 0 ? text : text.slice(0, query);
  const slash = before.indexOf("/", scheme.length);
  const authority = before.slice(scheme.length, slash < 0 ? undefined : slash);
  const path = slash < 0 ? "" : before.slice(slash + 1);
  if (/[@/]/.test(path)) throw new UrlFault(`the URL cannot be taken apart: ${ENCODE}`);
  const at = authority.lastIndexOf("@");
  const hosts = authority.slice(at + 1);
  if (!hosts.split(",").every(isHost))
    throw new UrlFault(`the host cannot be read (an IPv6 address goes in [ ]); ${ENCODE}`);
  return {
    srv: scheme.includes("srv"),
    hosts,
    ...credentials(authority.slice(0, Math.max(0, at)), scheme.length),
    ...(path === "" ? {} : { database: decode(path) }),
    options: optionsOf(query < 0 ? "" : text.slice(query + 1)),
  };
}

function isHost(host: string): boolean {
  const match = HOST.exec(host);
  const port = match?.groups?.["port"];
  return match !== null && (port === undefined || isPort(port));
}

function credentials(text: string, offset: number): Pick<MongodbUrl, "user" | "password" | "passwordAt"> {
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

function optionsOf(query: string): Record<string, string> {
  const options: Record<string, string> = {};
  for (const pair of query.split("&").filter((one) => one !== "")) {
    const equals = pair.indexOf("=");
    if (equals < 1) throw new UrlFault(`a parameter behind "?" is not name=value; ${ENCODE}`);
    const name = decode(pair.slice(0, equals));
    if (SECRET_OPTIONS.includes(name))
      throw new UrlFault(`the parameter ${name} may hold a secret and would be seen in command lines`);
    options[name] = decode(pair.slice(equals + 1));
  }
  return options;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UrlFault(`a "%" in the URL does not begin two hexadecimal digits; ${ENCODE}`);
  }
}
