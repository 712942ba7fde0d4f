import { z } from "zod";
import { envelopeSchema, shapeObjectSchema } from "../../checks/manifest.ts";

/** A stretch of time of one retention policy: what one shard group holds. Times are nanoseconds since 1970 as text. */
const windowSchema = z.strictObject({ policy: z.string(), start: z.string(), end: z.string() });
export type Window = z.infer<typeof windowSchema>;

/** Values in one field of one measurement in one window; texts, because sums may be larger than what a number holds. */
const fieldSumSchema = z.strictObject({
  /** Place in `windows`. */
  window: z.number(),
  measurement: z.string(),
  field: z.string(),
  values: z.string(),
  /** null for fields that have no sum: texts and booleans. */
  sum: z.string().nullable(),
});
export type FieldSum = z.infer<typeof fieldSumSchema>;

/** What a backup says it contains. Points that are newer than `until` are in the backup, and not counted here. */
export const manifestSchema = envelopeSchema.extend({
  kind: z.literal("influxdb"),
  database: z.string(),
  until: z.string().describe("nanoseconds since 1970: when the backup began"),
  policies: z.array(z.strictObject({ name: z.string(), duration: z.string() })),
  shape: z.array(shapeObjectSchema),
  queries: z.array(z.strictObject({ name: z.string(), query: z.string() })),
  grants: z.array(z.strictObject({ user: z.string(), privilege: z.string() })),
  windows: z.array(windowSchema),
  sums: z.array(fieldSumSchema),
  moving: z
    .array(z.string())
    .describe(
      "measurements (policy.measurement) that were written to in the past, or deleted from, meanwhile",
    ),
});
export type Manifest = z.infer<typeof manifestSchema>;
