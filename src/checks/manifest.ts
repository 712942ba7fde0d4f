import { z } from "zod";

/** One object of a database's shape; `definition` is compared as text, so the server must print it canonically. */
const shapeObject = z.strictObject({ kind: z.string(), name: z.string(), definition: z.string() });
export type ShapeObject = z.infer<typeof shapeObject>;

/** Rows and content sum of one table. `method` names how the sum was made; only equal methods are compared. */
const tableSum = z.strictObject({ table: z.string(), rows: z.string(), sum: z.string(), method: z.string() });
export type TableSum = z.infer<typeof tableSum>;

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
export const manifestSchema = z.strictObject({
  lifeboat: z.literal(1),
  system: z.string(),
  store: z.string(),
  environment: z.string(),
  kind: z.literal("postgres"),
  database: z.string(),
  takenAt: z.string(),
  server: z.strictObject({ version: z.string(), systemIdentifier: z.string() }),
  bytes: z.number().describe("size of the database when it was dumped"),
  artifact: z.strictObject({ file: z.string(), format: z.string(), bytes: z.number(), sha256: z.string() }),
  settings,
  roles: z.array(z.string()).describe("roles its objects and privileges name"),
  shape: z.array(shapeObject),
  tables: z.array(tableSum),
  problems: z
    .array(problem)
    .default([])
    .describe("what was already out of order when it was dumped, and is no fault of a restore"),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Where the manifest of an artifact lies. */
export function manifestPath(artifact: string): string {
  return `${artifact.replace(/\/+$/, "")}.manifest.json`;
}
