import { freePort } from "./free-port.ts";
import { mkdtemp } from "node:fs/promises";
import { ContentSum } from "../../src/catalog/mongodb/content-sum.ts";
import { findProgram, provisionedPath } from "../provision/programs.ts";
import { type Database, type Driver, driverFor } from "./mongodb-driver.ts";
import { orStop } from "./or-stop.ts";
import { type ServerOptions, startPostgres, type TestServer } from "./postgres.ts";
import { openSupervisor } from "./supervisor.ts";

export const MONGODB_PROGRAMS = ["ferretdb", "mongosh", "mongodump", "mongorestore"];

/** Characters that mean something in URLs and shells: a command that does not quote them is found out. */
export const PASSWORD = "m0n/go:p@ss w$rd%41#'1\"";
export const USER = "mongo@admin";

/** Database → collection → what is in it. Equal before and after = whole, and nothing left over. */
export type Snapshot = Record<string, Record<string, string>>;

/** A server that speaks MongoDB's protocol, of a test's own: FerretDB before a PostgreSQL, which carries more than its SQLite. */
export interface TestMongodb {
  folder: string;
  port: number;
  /** The PostgreSQL behind it. */
  postgres: TestServer;
  /** With user and password, as a system.yaml has it. */
  url(database: string, more?: string): string;
  db(name: string): Database;
  snapshot(only?: readonly string[]): Promise<Snapshot>;
  log(): Promise<string>;
  /** Ends it like a power cut; the data stays. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Ends everything and removes all it had. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

const OPTIONS = "authSource=admin";

/** Fails, never skips, when a program is missing. `options` are of the PostgreSQL behind it, e.g. a small disk. */
export async function startMongodb(options: ServerOptions = {}): Promise<TestMongodb> {
  const program = findProgram("ferretdb");
  if (program === undefined) throw new Error("FerretDB is not there (ferretdb): npm run provision");
  const postgres = await startPostgres({ ...options, password: "ferret" });
  await postgres.createDatabase("ferret");
  const folder = await mkdtemp("/tmp/lifeboat-mongodb-");
  const port = await freePort();
  const behind = postgres.tcpUrl("ferret").replace("//postgres@", "//postgres:ferret@");
  const who = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}`;
  const url = (database: string, more = OPTIONS): string =>
    `mongodb://${who}@127.0.0.1:${port}/${encodeURIComponent(database)}?${more}`;
  const driver = driverFor(url("admin"), { serverSelectionTimeoutMS: 2000 });
  const supervisor = openSupervisor(folder, {
    argv: [program],
    env: {
      PATH: provisionedPath(),
      HOME: folder,
      FERRETDB_HANDLER: "postgresql",
      FERRETDB_POSTGRESQL_URL: `${behind}?sslmode=disable`,
      FERRETDB_LISTEN_ADDR: `127.0.0.1:${port}`,
      FERRETDB_DEBUG_ADDR: "-",
      FERRETDB_STATE_DIR: folder,
      FERRETDB_TELEMETRY: "disable",
      FERRETDB_LOG_LEVEL: "error",
      FERRETDB_TEST_ENABLE_NEW_AUTH: "true",
      FERRETDB_SETUP_DATABASE: "admin",
      FERRETDB_SETUP_USERNAME: USER,
      FERRETDB_SETUP_PASSWORD: PASSWORD,
    },
    isReady: () =>
      driver
        .db("admin")
        .command({ ping: 1 })
        .then(() => true),
  });
  const stop = async (): Promise<void> => {
    await driver.close();
    await supervisor.stop();
    await postgres.stop();
  };
  await orStop({ stop }, supervisor.start);
  return {
    folder,
    port,
    postgres,
    url,
    db: (name) => driver.db(name),
    snapshot: (only) => snapshot(driver, only),
    log: supervisor.log,
    halt: () => supervisor.halt("KILL"),
    start: supervisor.start,
    stop,
  };
}

async function snapshot(driver: Driver, only?: readonly string[]): Promise<Snapshot> {
  const listed = await driver.db("admin").command({ listDatabases: 1 });
  const databases = Array.isArray(listed["databases"]) ? listed["databases"] : [];
  const names = databases.map((one: { name: string }) => one.name).filter((name) => name !== "admin");
  const found: Snapshot = {};
  for (const name of only ?? names) found[name] = await contentsOf(driver.db(name));
  return found;
}

/** Of every collection: number of documents, sum of their bytes, indexes, options. */
async function contentsOf(database: Database): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, options } of await database.listCollections().toArray()) {
    const sum = new ContentSum();
    const collection = database.collection(name);
    for await (const document of collection.find({}, { raw: true })) sum.add(document);
    const indexes = await collection.indexes();
    found[name] = `${sum.documents} ${sum.hex()} ${JSON.stringify(indexes)} ${JSON.stringify(options)}`;
  }
  return found;
}
