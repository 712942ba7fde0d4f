import { z } from "zod";
import { counted, sizeInWords } from "../../base/size.ts";
import type { Identity } from "../../step/identity.ts";
import { isOurs } from "./names.ts";

const collectionSchema = z.object({
  name: z.string(),
  type: z.string(),
  /** Stays with the collection when it is renamed; "" where the server gives none. */
  uuid: z.string(),
});
export type Collection = z.infer<typeof collectionSchema>;

export const factsSchema = z.object({
  version: z.string(),
  /** FerretDB's own version; null for MongoDB itself. */
  ferret: z.string().nullable(),
  /** Of the server's own collections; tells one data folder from another. "" where it may not be seen. */
  server: z.string(),
  replicaSet: z.string(),
  /** Asked through a mongos. */
  sharded: z.boolean(),
  address: z.string(),
  writable: z.boolean(),
  dataFolder: z.string(),
  user: z.string(),
  database: z.string(),
  collections: z.array(collectionSchema),
  bytes: z.number().nullable(),
  /** Users that the database itself knows; null where they may not be seen. */
  users: z.number().nullable(),
});

/** What a server says about itself and about one database on it. */
export type MongoFacts = z.infer<typeof factsSchema>;

/** The last line that is JSON: mongosh may have said something before. */
export function parseFacts(stdout: string): MongoFacts {
  const line = stdout
    .split("\n")
    .toReversed()
    .find((one) => one.startsWith("{"));
  return factsSchema.parse(JSON.parse(line ?? "null"));
}

export const factsIn = (facts: unknown): MongoFacts | undefined =>
  facts === undefined ? undefined : factsSchema.parse(facts);

export function identityOf(facts: MongoFacts): Identity {
  return {
    server: facts.server,
    replicaSet: facts.replicaSet,
    address: facts.address,
    writable: facts.writable,
    database: facts.database,
    version: versionOf(facts),
  };
}

/** "MongoDB 7.0.5", "FerretDB v1.24.2 (speaks MongoDB 7.0.42)". */
export const versionOf = ({ version, ferret }: MongoFacts): string =>
  ferret === null ? `MongoDB ${version}` : `FerretDB ${ferret} (speaks MongoDB ${version})`;

/** Collections applications know: not the server's own, and none of Lifeboat's. */
export const ownCollections = ({ collections }: MongoFacts): Collection[] =>
  collections.filter(({ name }) => !name.startsWith("system.") && !isOurs(name));

/** "primary, MongoDB 7.0.5, 12 collections, 2.1 GB". */
export function describeFacts(facts: MongoFacts): string {
  const role = facts.writable ? "primary" : "cannot be written to";
  const own = ownCollections(facts).length;
  if (own === 0) return `${role}, ${versionOf(facts)}, the database is empty or does not exist`;
  const size = facts.bytes === null ? "size unknown" : sizeInWords(facts.bytes);
  return `${role}, ${versionOf(facts)}, ${counted(own, "collection")}, ${size}`;
}
