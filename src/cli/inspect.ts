import { z } from "zod";
import { sizeInWords } from "../base/size.ts";
import { inspectArtifact } from "../catalog/inspect.ts";
import { unchangedResult } from "../catalog/unchanged.ts";
import type { Inspect } from "../engine/run-context.ts";
import type { CheckResult } from "../step/check.ts";

const wantedSchema = z.object({
  /** Of the manifest. */
  sha256: z.string().nullish(),
  /** How it was when it was chosen. */
  chosen: z.object({ bytes: z.number(), modifiedMs: z.number() }).optional(),
  /** false: only whether it is still as it was chosen. */
  read: z.boolean().default(true),
});

/** Reads an artifact in full for the engine; see `wantedSchema` for the args. */
export const inspect: Inspect = async (path, args, watch) => {
  const { sha256: wanted, chosen, read } = wantedSchema.parse(args);
  if (!read && chosen) {
    const result = await unchangedResult(path, "the backup is still the one that was looked at", chosen);
    return { results: [named(path, result)], facts: {} };
  }
  const report = await inspectArtifact(path, {
    signal: watch.signal,
    onProgress: (bytes, total) =>
      watch.onProgress(total > 0 ? bytes / total : 0, `${sizeInWords(bytes)} of ${sizeInWords(total)} read`),
    expectSha256: wanted ?? undefined,
    chosen,
  });
  const { sha256, contentBytes, plain, archive } = report;
  const facts = {
    sha256,
    contentBytes,
    copies: plain?.copies ?? [],
    roles: plain?.roles ?? [],
    extensions: plain?.extensions ?? [],
    // An archive names the database it was made of; a plain dump does not.
    ...(archive && archive.database !== "" ? { database: archive.database } : {}),
  };
  return { results: report.results.map((result) => named(path, result)), facts };
};

/** A failure says of which file: the operator may have several backups in view. */
function named(path: string, result: CheckResult): CheckResult {
  if (result.result !== "fail" || result.found === path) return result;
  return { ...result, why: result.why === undefined ? path : `${path}: ${result.why}` };
}
