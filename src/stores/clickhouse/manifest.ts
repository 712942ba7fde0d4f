import { z } from "zod";
import { envelopeSchema, tableSumSchema } from "../../checks/manifest.ts";

/** A table as it was created; its rows are in `file` of the backup. */
const tableSchema = z.strictObject({
  table: z.string(),
  file: z
    .string()
    .describe("inside the backup; empty where the backup is that file, or a BACKUP of the server's own"),
  engine: z.string().describe("with its keys and settings"),
  create: z.string(),
  columns: z
    .array(z.strictObject({ name: z.string(), type: z.string(), default: z.string() }))
    .describe("all of them; those with a MATERIALIZED or ALIAS expression are not in the file"),
});
export type TableSchema = z.infer<typeof tableSchema>;

/** What a backup says it contains. Rows and sums are of the dumped file itself, as the server reads it. */
export const manifestSchema = envelopeSchema.extend({
  kind: z.literal("clickhouse"),
  server: z.strictObject({ version: z.string(), host: z.string() }),
  database: z.string(),
  schemas: z.array(tableSchema),
  tables: z.array(tableSumSchema),
  besides: z
    .array(z.strictObject({ name: z.string(), engine: z.string(), create: z.string(), why: z.string() }))
    .describe("what has no rows of its own, or is not in the backup: views, dictionaries, Distributed …"),
});
export type Manifest = z.infer<typeof manifestSchema>;
