import { addressOf, type ConnectionBase, isLocalServer } from "./connection.ts";
import { type ConnectResult, secretKey } from "./declaration.ts";
import type { MongodbStore } from "./mongodb.ts";
import { type MongodbUrl, parseMongodbUrl } from "./mongodb-url.ts";

/** Where a MongoDB database is. */
export interface MongodbConnection extends ConnectionBase {
  kind: "mongodb";
  srv: boolean;
  /** host:port, several with a comma for a replica set. */
  hosts: string;
  database: string;
  /** The connection string's own options, authSource among them. */
  options: Record<string, string>;
  /** Vault key for MONGODB_PASSWORD; undefined when no password is configured. */
  secretKey: string | undefined;
  /** Backups are taken of this collection only. */
  collection: string | undefined;
  /** What becomes of collections that the backup does not know. */
  newer: "keep" | "aside";
}

/** Databases the server keeps for itself. */
const RESERVED = ["admin", "local", "config"];

/** A store's connection from its URL or its parts; what is left out is as the tools have it (localhost:27017). */
export function connectMongodb(name: string, store: MongodbStore): ConnectResult<MongodbConnection> {
  let url: MongodbUrl | undefined;
  if (store.url !== undefined) {
    const parsed = parseMongodbUrl(store.url);
    if (parsed.fault !== undefined) return { fault: parsed.fault, at: "url" };
    url = parsed.url;
  }
  const database = url?.database ?? store.database;
  if (database === undefined || database === "")
    return store.url === undefined
      ? { fault: 'no database is named: give "url" or "database"', at: "kind" }
      : { fault: "no database is named: end the url in /database, or give database", at: "url" };
  // Behind the slash of many a URL stands the database that knows the user. A restore would go there, and be proven.
  if (RESERVED.includes(database))
    return {
      fault: `the database ${database} is the server's own: name the application's; where that only knows the user, say so with ${store.url === undefined ? '"auth-database"' : `/<database>?authSource=${database}`}`,
      at: store.url === undefined ? "database" : "url",
    };
  const user = url?.user ?? store.user ?? "";
  const password = url?.password ?? (store.password || undefined);
  const at = store.url === undefined ? "user" : "url";
  if (user !== "" && password === undefined)
    return { fault: `the user ${user} is given without a password`, at };
  if (user === "" && password !== undefined)
    return { fault: "a password is given without a user", at: store.url === undefined ? "password" : "url" };
  const hosts = url?.hosts ?? hostOf(store);
  return {
    connection: {
      kind: "mongodb",
      address: hosts,
      user,
      subject: database,
      isLocal: hosts.split(",").every((host) => isLocalServer(serverIn(host))),
      reserved: RESERVED,
      srv: url?.srv ?? false,
      hosts,
      database,
      options: optionsOf(store, url, user),
      secretKey: user === "" ? undefined : secretKey(name, "password"),
      collection: store.collection,
      newer: store["newer-collections"],
    },
    secrets: password === undefined ? {} : { password },
    remarks: [],
  };
}

/**
 * The database that knows the user is the one behind the slash when nothing else says so: the tools are not handed that
 * part, because they would take it for the database to work on.
 */
function optionsOf(store: MongodbStore, url: MongodbUrl | undefined, user: string): Record<string, string> {
  const options = { ...url?.options };
  if (user !== "") options["authSource"] ??= store["auth-database"] ?? url?.database ?? "admin";
  return options;
}

function hostOf(store: MongodbStore): string {
  return addressOf({ server: store.server ?? "localhost", port: store.port ?? "27017" });
}

const serverIn = (host: string): string =>
  host.startsWith("[") ? host.slice(1, host.indexOf("]")) : (host.split(":")[0] ?? host);
