import { userInfo } from "node:os";
import { parsePostgresUrl, type PostgresUrl } from "./postgres-url.ts";
import type { PostgresStore } from "./system-schema.ts";

/** Where a PostgreSQL store is. Holds no secret: safe in plans, on screens, in journals. */
export interface Connection {
  /** Name, address, or a socket folder when it starts with "/". */
  server: string;
  port: string;
  user: string;
  database: string;
  /** Where CREATE, DROP and RENAME of the database are run from. */
  maintenanceDatabase: string;
  /** Further libpq settings as environment, e.g. { PGSSLMODE: "require" }. */
  params: Record<string, string>;
  /** Vault key for PGPASSWORD; undefined when no password is configured (then ~/.pgpass, peer or trust decide). */
  secretKey: string | undefined;
}

export interface Connected {
  connection: Connection;
  password: string | undefined;
  remarks: string[];
}

/** `at` is the field of the store that is to blame. */
export type ConnectResult = Connected | { fault: string; at: keyof PostgresStore };

/**
 * A store's connection from its URL or its parts. What is left out follows libpq (port 5432; the account's own name as
 * role), with two differences: the server is localhost, since libpq's socket folder depends on how the client was built,
 * and the database must be named, since "the role's name" is no basis for restoring over something.
 * PGHOST, PGPORT, PGUSER, PGDATABASE are not consulted: what is restored is what the file says.
 */
export function connect(name: string, store: PostgresStore, account = accountName()): ConnectResult {
  let url: PostgresUrl = { params: {}, remarks: [] };
  if (store.url !== undefined) {
    const parsed = parsePostgresUrl(store.url);
    if (parsed.fault !== undefined) return { fault: parsed.fault, at: "url" };
    url = parsed.url;
  }
  const database = url.database ?? store.database;
  if (database === undefined || database === "") {
    return {
      fault: "no database is named: end the url in /database, or give database",
      at: store.url === undefined ? "kind" : "url",
    };
  }
  const password = url.password ?? (store.password || undefined);
  return {
    connection: {
      server: url.server ?? store.server ?? "localhost",
      port: url.port ?? store.port ?? "5432",
      user: url.user ?? store.user ?? account,
      database,
      maintenanceDatabase: store["maintenance-database"],
      params: url.params,
      secretKey: password === undefined ? undefined : passwordKey(name),
    },
    password,
    remarks: url.remarks,
  };
}

export const passwordKey = (store: string): string => `${store}.password`;

/** "localhost:5432", "[::1]:5432", or the socket "/run/postgresql:5432". */
export function addressOf(connection: Pick<Connection, "server" | "port">): string {
  const { server, port } = connection;
  return server.includes(":") ? `[${server}]:${port}` : `${server}:${port}`;
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no account.
    return "postgres";
  }
}
