import { userInfo } from "node:os";
import { parsePostgresUrl, type PostgresUrl } from "./postgres-url.ts";
import { addressOf, type ConnectionBase, isLocalServer } from "./connection.ts";
import { type ConnectResult, secretKey } from "./declaration.ts";
import type { PostgresStore } from "./postgres.ts";

/** Where a PostgreSQL store is. */
export interface PostgresConnection extends ConnectionBase {
  kind: "postgres";
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

/**
 * A store's connection from its URL or its parts. What is left out follows libpq (port 5432; the account's own name as
 * role), with two differences: the server is localhost, since libpq's socket folder depends on how the client was built,
 * and the database must be named, since "the role's name" is no basis for restoring over something.
 * PGHOST, PGPORT, PGUSER, PGDATABASE are not consulted: what is restored is what the file says.
 */
export function connectPostgres(
  name: string,
  store: PostgresStore,
  account = accountName(),
): ConnectResult<PostgresConnection> {
  let url: PostgresUrl = { params: {}, remarks: [] };
  if (store.url !== undefined) {
    const parsed = parsePostgresUrl(store.url);
    if (parsed.fault !== undefined) return { fault: parsed.fault, at: "url" };
    url = parsed.url;
  }
  const database = url.database ?? store.database;
  if (database === undefined || database === "") {
    return store.url === undefined
      ? { fault: 'no database is named: give "url" or "database"', at: "kind" }
      : { fault: "no database is named: end the url in /database, or give database", at: "url" };
  }
  const password = url.password ?? (store.password || undefined);
  const maintenanceDatabase = store["maintenance-database"];
  const server = url.server ?? store.server ?? "localhost";
  const port = url.port ?? store.port ?? "5432";
  return {
    connection: {
      kind: "postgres",
      address: addressOf({ server, port }),
      subject: database,
      isLocal: isLocalServer(server),
      reserved: [maintenanceDatabase, "template0", "template1"],
      server,
      port,
      user: url.user ?? store.user ?? account,
      database,
      maintenanceDatabase,
      params: url.params,
      secretKey: password === undefined ? undefined : secretKey(name, "password"),
    },
    secrets: password === undefined ? {} : { password },
    remarks: url.remarks,
  };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no account.
    return "postgres";
  }
}
