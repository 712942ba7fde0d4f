import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { findProgram } from "../provision/programs.ts";

/** As much of the official driver as tests use; it comes with mongosh, and is an eye of its own beside it. */
export interface Collection {
  insertMany(documents: object[]): Promise<unknown>;
  insertOne(document: object): Promise<unknown>;
  updateOne(filter: object, update: object): Promise<unknown>;
  deleteOne(filter: object): Promise<unknown>;
  deleteMany(filter: object): Promise<unknown>;
  countDocuments(filter?: object): Promise<number>;
  findOne(filter: object): Promise<Record<string, unknown> | null>;
  createIndex(keys: object, options?: object): Promise<string>;
  dropIndex(name: string): Promise<unknown>;
  indexes(): Promise<object[]>;
  rename(to: string): Promise<unknown>;
  drop(): Promise<unknown>;
  find(filter: object, options?: object): AsyncIterable<Buffer>;
}

export interface Database {
  collection(name: string): Collection;
  createCollection(name: string, options?: object): Promise<unknown>;
  listCollections(): {
    toArray(): Promise<
      { name: string; type: string; options: object; info: { uuid?: { toString(how: "hex"): string } } }[]
    >;
  };
  dropDatabase(): Promise<unknown>;
  command(command: object): Promise<Record<string, unknown>>;
}

export interface Driver {
  connect(): Promise<unknown>;
  close(): Promise<void>;
  db(name: string): Database;
}

interface DriverModule {
  MongoClient: new (url: string, options?: object) => Driver;
}

/** A client of the driver that mongosh brings along. */
export function driverFor(url: string, options: object = {}): Driver {
  const mongosh = findProgram("mongosh");
  if (mongosh === undefined) throw new Error("mongosh is not there: npm run provision");
  const module: DriverModule = createRequire(realpathSync(mongosh))("mongodb");
  return new module.MongoClient(url, options);
}
