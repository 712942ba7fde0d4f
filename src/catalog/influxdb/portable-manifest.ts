import { problemsInWords } from "../../base/zod-words.ts";
import { z } from "zod";

const schema = z.object({
  meta: z.object({ fileName: z.string(), size: z.number() }),
  limited: z.boolean().default(false),
  files: z
    .array(
      z.object({
        database: z.string(),
        policy: z.string(),
        shardID: z.number(),
        fileName: z.string(),
        /** Unpacked. */
        size: z.number(),
      }),
    )
    .nullable()
    .transform((files) => files ?? []),
});

/** What influxd backup -portable writes about a backup, in the file that ends in .manifest. */
export type PortableManifest = z.infer<typeof schema>;

/** The manifest, or why it cannot be read. */
export function parsePortableManifest(text: string): PortableManifest | string {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    return error instanceof z.ZodError ? problemsInWords(error) : "it is no JSON: it was cut off or changed";
  }
}
