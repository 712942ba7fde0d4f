import { z } from "zod";
import { envelopeSchema } from "../../checks/manifest.ts";
import { keyspaceIn } from "./facts.ts";
import type { ListedDatabase, Listing } from "./listing.ts";
import { parseListing } from "./listing.ts";
import { SUM_METHOD } from "./listing-script.ts";

const databaseSchema = z.strictObject({
  db: z.number(),
  keys: z.number(),
  lasting: z.number().describe("keys without TTL: they must all be there"),
  types: z.record(z.string(), z.strictObject({ keys: z.number(), lasting: z.number(), sum: z.string() })),
  listed: z.array(z.string()).describe("type, expiry in ms or -1, sum, name; a tab between them"),
});

/** What a backup says it contains: read from the backup itself, loaded into a server of its own. */
export const manifestSchema = envelopeSchema.extend({
  kind: z.literal("redis"),
  server: z.strictObject({ version: z.string() }),
  rdb: z.number().describe("version of the RDB format"),
  method: z.string().describe("how the sums were made; only equal methods are compared"),
  every: z.number().describe("1: every key is listed; otherwise every n-th by name"),
  databases: z.array(databaseSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What the judges want of the manifest. */
export const listingSchema = z.object({ method: z.string(), databases: z.array(databaseSchema) });

export function listingOf({ databases, method }: z.infer<typeof listingSchema>): Listing {
  const sums = method === SUM_METHOD;
  return {
    now: 0,
    databases: new Map(
      databases.map(({ db, keys, lasting, types, listed }): [number, ListedDatabase] => [
        db,
        {
          keys,
          lasting,
          types: new Map(
            sums ? Object.entries(types).map(([type, of]) => [type, { ...of, sum: BigInt(of.sum) }]) : [],
          ),
          listed: new Map(sums ? listed.map(keyIn) : []),
        },
      ]),
    ),
  };
}

function keyIn(line: string): [string, { type: string; expiresAt: number; sum: string }] {
  const [type = "", at = "", sum = "", name = ""] = line.split("\t");
  return [name, { type, expiresAt: Number(at), sum }];
}

/** The manifest's own part of what a listing printed. */
export function databasesOf(printed: string): Manifest["databases"] {
  return [...parseListing(printed).databases].map(([db, { keys, lasting, types, listed }]) => ({
    db,
    keys,
    lasting,
    types: Object.fromEntries([...types].map(([type, of]) => [type, { ...of, sum: String(of.sum ?? 0n) }])),
    listed: [...listed]
      .map(([name, { type, expiresAt, sum }]) => [type, expiresAt, sum, name].join("\t"))
      .toSorted(),
  }));
}

/** Keys a server says it has, by lines of INFO keyspace. */
export const keysIn = (info: string): number =>
  keyspaceIn(info.split(/\r?\n/)).reduce((sum, { keys }) => sum + keys, 0);
