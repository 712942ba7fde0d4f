import { z } from "zod";

/** One object of a store's shape; `definition` is compared as text, so the server must print it canonically. */
export const shapeObjectSchema = z.strictObject({
  kind: z.string(),
  name: z.string(),
  definition: z.string(),
});
export type ShapeObject = z.infer<typeof shapeObjectSchema>;

/** Rows and content sum of one table. `method` names how the sum was made; only equal methods are compared. */
export const tableSumSchema = z.strictObject({
  table: z.string(),
  rows: z.string(),
  sum: z.string(),
  method: z.string(),
});
export type TableSum = z.infer<typeof tableSumSchema>;

/** What every manifest says. A kind of store extends it with its own part (`manifestOf` in src/stores). */
export const envelopeSchema = z.strictObject({
  lifeboat: z.literal(1),
  system: z.string(),
  store: z.string(),
  environment: z.string(),
  kind: z.string(),
  takenAt: z.string(),
  artifact: z.strictObject({ file: z.string(), format: z.string(), bytes: z.number(), sha256: z.string() }),
  server: z.record(z.string(), z.string()).describe("version, and what else tells which server it was"),
  bytes: z.number().describe("size of the data when it was backed up"),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** A kind's own part, besides what the taker of the backup knows itself. */
export type ManifestParts = Pick<Envelope, "server" | "bytes"> & Record<string, unknown>;

/** Where the manifest of an artifact lies. */
export function manifestPath(artifact: string): string {
  return `${artifact.replace(/\/+$/, "")}.manifest.json`;
}
