import { z } from "zod";
import { envelopeSchema, shapeObjectSchema, tableSumSchema } from "../../checks/manifest.ts";

/** One thing that is there but not in order, such as a constraint nobody validated. */
const problem = z.strictObject({ problem: z.string(), name: z.string(), detail: z.string() });

const settings = z.strictObject({
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  provider: z.string().describe("c, i or b as in pg_database.datlocprovider; c before version 15"),
  icuLocale: z.string().nullable(),
  connectionLimit: z.number(),
  comment: z.string().nullable(),
  acl: z
    .array(z.strictObject({ grantee: z.string(), privilege: z.string(), grantable: z.boolean() }))
    .nullable(),
  settings: z.array(z.strictObject({ role: z.string().nullable(), name: z.string(), value: z.string() })),
});
export type DatabaseSettings = z.infer<typeof settings>;

/** What a backup says it contains, captured in the snapshot of the dump itself. */
export const manifestSchema = envelopeSchema.extend({
  kind: z.literal("postgres"),
  server: z.strictObject({ version: z.string(), systemIdentifier: z.string() }),
  database: z.string(),
  settings,
  roles: z.array(z.string()).describe("roles its objects and privileges name"),
  shape: z.array(shapeObjectSchema),
  tables: z.array(tableSumSchema),
  problems: z
    .array(problem)
    .default([])
    .describe("what was already out of order when it was dumped, and is no fault of a restore"),
});
export type Manifest = z.infer<typeof manifestSchema>;
