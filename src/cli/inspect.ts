import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { bytesOfLines } from "../base/byte-text.ts";
import { sizeInWords } from "../base/size.ts";
import { inspectArtifact } from "../catalog/inspect.ts";
import { unchangedResult } from "../catalog/unchanged.ts";
import type { Inspect } from "../engine/run-context.ts";
import { isStoreKind } from "../runbook/store-kinds/registry.ts";
import type { CheckResult } from "../step/check.ts";

const wantedSchema = z.object({
  /** Of the manifest. */
  sha256: z.string().nullish(),
  /** How it was when it was chosen. */
  chosen: z.object({ bytes: z.number(), modifiedMs: z.number() }).optional(),
  /** The kind of store it is a backup of. */
  kind: z.string().refine(isStoreKind).default("postgres"),
  /** The manifest beside it: its JSON becomes the fact `manifest`, for judges whose lists are too long for a plan. */
  manifest: z.string().optional(),
  /**
   * A list too long for a plan and for memory, a line each, for commands to compare with: one of the reader's facts, or of
   * the manifest at `from`, which is then written to the file `to` instead of being kept as a fact.
   */
  list: z.object({ name: z.string(), to: z.string(), from: z.string().optional() }).optional(),
  /** What is inside is known from the manifest: unless the digest is another one, it is not unpacked. */
  known: z.boolean().default(false),
  /** false: only whether it is still as it was chosen. */
  read: z.boolean().default(true),
});

/** Reads an artifact in full for the engine; see `wantedSchema` for the args. */
export const inspect: Inspect = async (path, args, watch) => {
  const { sha256: wanted, chosen, read, kind, manifest, list, known } = wantedSchema.parse(args);
  if (!read && chosen) {
    const result = await unchangedResult(
      path,
      "the backup is still the one that was looked at",
      chosen,
      chosen.bytes,
      kind,
    );
    return { results: [named(path, result)], facts: {} };
  }
  const report = await inspectArtifact(path, {
    kind,
    signal: watch.signal,
    onProgress: (bytes, total) =>
      watch.onProgress(total > 0 ? bytes / total : 0, `${sizeInWords(bytes)} of ${sizeInWords(total)} read`),
    expectSha256: wanted ?? undefined,
    chosen,
    known,
  });
  const { sha256, contentBytes, plain, archive } = report;
  const facts = {
    ...(list === undefined ? report.facts : withoutList(report.facts, list)),
    ...(manifest === undefined ? {} : { manifest: JSON.parse(readFileSync(manifest, "utf8")) as unknown }),
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

/** Lines that are written at once. */
const PIECE = 1000;

interface List {
  name: string;
  to: string;
  from?: string | undefined;
}

/** Writes the list, and gives the facts that remain. A bad artifact may have none: then there is nothing to compare with. */
function withoutList(facts: Record<string, unknown>, { name, to, from }: List): Record<string, unknown> {
  const { [name]: _list, ...rest } = facts;
  const source: unknown = from === undefined ? facts : JSON.parse(readFileSync(from, "utf8"));
  const lines = z.object({ [name]: z.array(z.string()).default([]) }).parse(source)[name] ?? [];
  mkdirSync(dirname(to), { recursive: true });
  const file = openSync(to, "w", 0o600);
  for (let at = 0; at < lines.length; at += PIECE) writeSync(file, bytesOfLines(lines.slice(at, at + PIECE)));
  closeSync(file);
  return rest;
}

/** A failure says of which file: the operator may have several backups in view. */
function named(path: string, result: CheckResult): CheckResult {
  if (result.result !== "fail" || result.found === path) return result;
  return { ...result, why: result.why === undefined ? path : `${path}: ${result.why}` };
}
