import { z } from "zod";
import { dumpedSchema } from "../../catalog/mongodb/dumped.ts";
import { envelopeSchema } from "../../checks/manifest.ts";

/**
 * What a backup says it contains, read from the dump itself: a server without a replica set has no snapshot, so only the
 * dump knows what is in it.
 */
export const manifestSchema = envelopeSchema.extend({
  kind: z.literal("mongodb"),
  server: z.strictObject({ version: z.string(), server: z.string(), tool: z.string() }),
  database: z.string(),
  /** The one collection it was taken of; null when it is the whole database. */
  collection: z.string().nullable(),
  /** Users and roles are not dumped with a database: `out` says how many it knew itself, if that could be seen. */
  users: z.strictObject({ in: z.literal(false), out: z.number().nullable() }),
  collections: z.array(dumpedSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;
