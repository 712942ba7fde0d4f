import { z } from "zod";
import { envelopeSchema } from "../../checks/manifest.ts";

/** What a volume's backup holds: read from the archive itself when it was made. */
export const manifestSchema = envelopeSchema.extend({
  kind: z.literal("volume"),
  server: z.record(z.string(), z.string()).describe("version and name of the engine"),
  volume: z.string(),
  driver: z.string(),
  options: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
  files: z.number(),
  members: z.array(z.string()).describe("a line or more for each path; see src/catalog/tar/member-lines.ts"),
  changing: z
    .array(z.string())
    .default([])
    .describe("paths that were written to while the backup was made, as far as it was noticed"),
});
export type Manifest = z.infer<typeof manifestSchema>;
