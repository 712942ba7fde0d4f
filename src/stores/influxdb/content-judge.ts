import { z } from "zod";
import { count, counted } from "../../base/size.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { compareSums } from "./compare-sums.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";
import { parseWindows } from "./windows.ts";

const argsSchema = z.object({ artifactStep: z.string(), known: z.boolean() });
const firstLine = z.object({
  identical: z.boolean(),
  shards: z.number(),
  back: z.number(),
  /** Seconds since 1970 by the clock of the host that asked. */
  now: z.number(),
});
const artifactFacts = z.object({ manifest: z.unknown().optional(), tombstones: z.number().default(0) });

/** The manifest as the artifact step of the same run read it. */
export function manifestIn(facts: unknown): Manifest | undefined {
  const found = artifactFacts.safeParse(facts);
  const parsed = found.success ? manifestSchema.safeParse(found.data.manifest) : undefined;
  return parsed?.success === true ? parsed.data : undefined;
}

/** args: {artifactStep, known}. Reads what `contentCommand` prints. */
export const judgeContent: Judge = (evidence, args, facts) => {
  const { artifactStep, known } = argsSchema.parse(args);
  const [line = "", ...answer] = evidence.stdout.split("\n");
  const { identical, shards, back, now } = firstLine.parse(JSON.parse(line));
  const files: CheckResult = {
    name: "every shard read back from the server",
    level: "content",
    result: "pass",
  };
  if (identical) return [{ ...files, found: `${counted(shards, "shard")}, byte for byte as in the backup` }];
  const differ = `${counted(back, "shard")}, of which at least one has other files than the backup's ${count(shards)}`;
  if (!known) {
    const why =
      "the server has compacted the files, points were written or deleted, or a shard is missing; without a manifest nobody can say which";
    return [{ ...files, result: "not checked", found: differ, why }];
  }
  const manifest = manifestIn(facts(artifactStep));
  if (!manifest) {
    const why = "the artifact step of this run did not keep the manifest";
    return [{ ...files, result: "fail", found: differ, why }];
  }
  const tombstones = artifactFacts.parse(facts(artifactStep)).tombstones;
  return compareSums(manifest, parseWindows(answer.join("\n")), { now, tombstones });
};
