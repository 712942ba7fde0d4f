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

/** The pieces of a connection string; what it leaves out stays undefined. */
export interface MongodbUrl extends Credentials {
  /** mongodb+srv: the hosts are found by DNS. */
  srv: boolean;
  /** host:port, several with a comma for a replica set. */
  hosts: string;
  database?: string;
  /** Options behind "?", decoded. */
  options: Record<string, string>;
}

const HOST = /^(?:\[[0-9a-fA-F:.%\w]+\]|[^:[\]@/]+)(?::(?<port>\d+))?$/;

/** Options that may hold a secret, which has no place in a command line. */
const SECRET_OPTIONS = [
  "authMechanismProperties",
  "tlsCertificateKeyFilePassword",
  "sslClientCertificateKeyPassword",
];

/** mongodb:// and mongodb+srv:// (https://www.mongodb.com/docs/manual/reference/connection-string/). */
export const parseMongodbUrl = (text: string): ParsedUrl<MongodbUrl> => parsedBy(read, text);

function read(text: string): MongodbUrl {
  const expected = "a URL of the form mongodb://user:password@host:port/database is expected";
  const {
    scheme,
    path,
    query,
    queryAt: _at,
    ...pieces
  } = takeApart(text, /^mongodb(?:\+srv)?:\/\//, expected);
  if (!pieces.hosts.split(",").every(isHost))
    throw new UrlFault(`the host cannot be read (an IPv6 address goes in [ ]); ${ENCODE}`);
  return {
    ...pieces,
    srv: scheme.includes("srv"),
    ...(path === undefined ? {} : { database: path }),
    options: optionsOf(query),
  };
}

function isHost(host: string): boolean {
  const match = HOST.exec(host);
  const port = match?.groups?.["port"];
  return match !== null && (port === undefined || isPort(port));
}

function optionsOf(query: string): Record<string, string> {
  const options: Record<string, string> = {};
  for (const pair of query.split("&").filter((one) => one !== "")) {
    const { name, value } = pairIn(pair);
    const option = decode(name);
    if (SECRET_OPTIONS.includes(option))
      throw new UrlFault(`the parameter ${option} may hold a secret and would be seen in command lines`);
    options[option] = decode(value);
  }
  return options;
}
