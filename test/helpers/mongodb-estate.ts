import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Ran } from "./lifeboat.ts";
import { startMongodb, type TestMongodb } from "./mongodb.ts";
import type { Database } from "./mongodb-driver.ts";
import { openOperator, type Operator, writeText } from "./operator.ts";
import { orStop } from "./or-stop.ts";
import type { ServerOptions } from "./postgres.ts";

export type MongoFormat = "archive" | "archive.gz" | "directory" | "directory.gz";

/** A system as a team writes it: a signage platform's analytics. */
export const SYSTEM = `title: Vizora
environment: test
objectives: { rto: 10m, rpo: 24h }
stores:
  analytics:
    kind: mongodb
    url: \${MONGODB_URL}
    backups:
      - path: \${BACKUPS}/vizora-{timestamp}*
`;

export const RUNBOOK = `title: Analytics lost
scenario: the analytics collections are gone or wrong
steps:
  - id: restore
    kind: restore
    store: analytics
    tables: [customers, orders]
    queries:
      - title: no order without a customer
        sql: "db.orders.countDocuments({ customer: { $exists: false } })"
        expect: { equals: 0 }
`;

/** A server with databases like `vizora`, the store of the system `vizora`. */
export interface MongoEstate extends Operator {
  server: TestMongodb;
  /** Fills a database with the collections of the example. */
  fill(database: string): Promise<Database>;
  /** Takes a backup by the program itself, with manifest; its path. */
  backup(database: string, format?: MongoFormat): Promise<string>;
  /** Runs the runbook `lost` on a database, live and confirmed unless `args` name another mode. */
  restore(database: string, args: string[], env?: Record<string, string>): Promise<Ran>;
  /** Environment that makes the system's store this database. */
  at(database: string): Record<string, string>;
  /** Makes a folder a HOME in which mongosh does not report its use to its maker: tests stay on this machine. */
  keepQuiet(home: string): Promise<void>;
}

/** Starts it all. Call stop() in afterAll. */
export async function openMongoEstate(options: ServerOptions = {}): Promise<MongoEstate> {
  const server = await startMongodb(options);
  const at = (database: string): Record<string, string> => ({ MONGODB_URL: server.url(database) });
  const operator = await openOperator({
    folder: await mkdtemp("/tmp/lifeboat-mongo-estate-"),
    system: "vizora",
    files: { system: SYSTEM, lost: RUNBOOK },
    backups: "BACKUPS",
    env: at("vizora"),
    end: () => server.stop(),
  });
  const estate: MongoEstate = {
    ...operator,
    server,
    fill: (database) => fill(server.db(database)),
    backup: (database, format = "archive.gz") =>
      operator.takeBackup({ args: ["--format", format], env: at(database) }),
    restore: (database, args, more) => operator.runLost(database, args, { ...at(database), ...more }),
    at,
    keepQuiet: (home) =>
      writeText(join(home, ".mongodb/mongosh/config"), JSON.stringify({ enableTelemetry: false })),
  };
  return orStop(estate, () => estate.keepQuiet(estate.folder));
}

const CITIES = ["Tashkent", "São Paulo", "Köln", "東京"];

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

async function fill(database: Database): Promise<Database> {
  await database.collection("customers").insertMany(
    range(300).map((id) => ({
      _id: id,
      email: `c${id}@example.org`,
      city: CITIES[id % 4],
      tags: ["a", null, id],
    })),
  );
  await database.collection("customers").createIndex({ email: 1 }, { unique: true });
  await database.collection("orders").insertMany(
    range(1200).map((id) => ({
      _id: id,
      customer: id % 300,
      at: new Date(1_700_000_000_000 + id * 60_000),
      lines: [{ sku: `s${id % 17}`, price: id / 7, many: id % 5 }],
      note: "",
    })),
  );
  await database.collection("orders").createIndex({ customer: 1, at: -1 }, { name: "by_customer" });
  await database.createCollection("latest", { capped: true, size: 100_000, max: 100 });
  await database.collection("latest").insertMany(range(20).map((id) => ({ _id: id, seen: true })));
  await database.collection('odd näme\'s "q"').insertMany([{ _id: "only" }]);
  await database.createCollection("empty");
  return database;
}
