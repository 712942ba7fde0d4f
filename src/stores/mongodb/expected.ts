import { z } from "zod";
import { type Dumped, type DumpFacts, dumpFactsSchema } from "../../catalog/mongodb/dumped.ts";
import { manifestSchema } from "./manifest.ts";
import { isOurs } from "./names.ts";

/** What a check of a restored copy is told: where the contents of the backup are known from, and what was restored. */
export const expectedArgs = z.object({
  /** The step that read the artifact; its facts say what the dump holds. */
  artifactStep: z.string(),
  database: z.string(),
  only: z.array(z.string()),
  /** Views come back in a drill only. */
  views: z.boolean(),
});
export type ExpectedArgs = z.infer<typeof expectedArgs>;

const artifactFacts = z.object({ dump: dumpFactsSchema });

/** What reading the dump has shown; undefined when it was not read in this run. */
export function dumpIn(facts: unknown): DumpFacts | undefined {
  return artifactFacts.safeParse(facts).data?.dump;
}

/** Collections that a restore has to have made. */
export function expectedOf(collections: readonly Dumped[], args: ExpectedArgs): Dumped[] {
  return collections.filter(
    ({ database, name, type }) =>
      database === args.database &&
      !name.startsWith("system.") &&
      !isOurs(name) &&
      (args.only.length === 0 || args.only.includes(name)) &&
      (args.views || type !== "view"),
  );
}

/** Of the artifact as it was read, else of the manifest that lies beside it. */
export function expected(facts: (step: string) => unknown, args: ExpectedArgs): Dumped[] | undefined {
  const found = facts(args.artifactStep);
  const dump = dumpIn(found);
  if (dump) return expectedOf(dump.collections, args);
  const manifest = z.object({ manifest: manifestSchema }).safeParse(found).data?.manifest;
  return manifest === undefined ? undefined : expectedOf(manifest.collections, args);
}
