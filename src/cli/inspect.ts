import { sizeInWords } from "../base/size.ts";
import { inspectArtifact } from "../catalog/inspect.ts";
import type { Inspect } from "../engine/run-context.ts";

/** Reads an artifact in full for the engine; args: {sha256} of the manifest or null. */
export const inspect: Inspect = async (path, args, watch) => {
  const wanted =
    args !== null && typeof args === "object" && !Array.isArray(args) ? args["sha256"] : undefined;
  const report = await inspectArtifact(path, {
    signal: watch.signal,
    onProgress: (bytes, total) =>
      watch.onProgress(total > 0 ? bytes / total : 0, `${sizeInWords(bytes)} of ${sizeInWords(total)} read`),
    expectSha256: typeof wanted === "string" ? wanted : undefined,
  });
  const { sha256, contentBytes, plain } = report;
  const facts = {
    sha256,
    contentBytes,
    copies: plain?.copies ?? [],
    roles: plain?.roles ?? [],
    extensions: plain?.extensions ?? [],
  };
  return { results: report.results, facts };
};
