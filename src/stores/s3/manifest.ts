import { z } from "zod";
import { envelopeSchema } from "../../checks/manifest.ts";

/** The keys with sizes and sums lie beside the artifact, gzipped key lines (src/base/key-lines.ts): there may be millions. */
export const KEYS_SUFFIX = ".keys.gz";

/** What a backup of a bucket says it contains. */
export const s3ManifestSchema = envelopeSchema.extend({
  kind: z.literal("s3"),
  bucket: z.string(),
  prefix: z.string(),
  objects: z.number(),
  keys: z.strictObject({ sha256: z.string().describe("of the key list beside it, as it is packed") }),
  odd: z.number().describe("keys that only the built-in client tells without loss"),
  changed: z.number().describe("objects that were written or deleted while the backup was being taken"),
});
export type S3Manifest = z.infer<typeof s3ManifestSchema>;
