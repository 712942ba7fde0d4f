import { z } from "zod";

/** One collection of a dump, as reading it in full has shown. */
export const dumpedSchema = z.object({
  database: z.string(),
  name: z.string(),
  type: z.string(),
  documents: z.string(),
  sum: z.string(),
  method: z.string(),
  bytes: z.number(),
  options: z.record(z.string(), z.unknown()),
  indexes: z.array(z.looseObject({ name: z.string() })),
});
export type Dumped = z.infer<typeof dumpedSchema>;

/** What reading an artifact of mongodump hands on to later steps. */
export const dumpFactsSchema = z.object({
  collections: z.array(dumpedSchema),
  /** Version of the tool and of the server it was taken from; "" where the dump does not say. */
  tool: z.string(),
  server: z.string(),
});
export type DumpFacts = z.infer<typeof dumpFactsSchema>;
