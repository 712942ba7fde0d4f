import { stat } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { count, sizeInWords } from "../base/size.ts";
import type { CheckResult } from "../step/check.ts";
import { archiveHeader, type ArchiveHeader } from "./archive-header.ts";
import type { ArtifactFormat } from "./backup.ts";
import { isToc, measure } from "./describe.ts";
import { headerResult, membersResult } from "./archive-results.ts";
import { fileProblem } from "./file-problem.ts";
import { formatResult, packingResult } from "./format-results.ts";
import { readHead, type Head } from "./format.ts";
import { plainResults } from "./plain-results.ts";
import type { PlainDump } from "./plain-dump.ts";
import { readDirectory } from "./read-directory.ts";
import { readArtifactFile } from "./read-file.ts";
import { digestResults, readSidecar } from "./sidecar.ts";
import type { Packing } from "./unpack.ts";

export interface InspectOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((bytes: number, total: number) => void) | undefined;
  /** From the manifest. */
  expectSha256?: string | undefined;
}

/** What one full reading of an artifact shows. */
export interface ArtifactReport {
  path: string;
  kind: "file" | "directory";
  format: ArtifactFormat;
  /** Of the file; of a directory see `readDirectory`. Empty when it could not be read. */
  sha256: string;
  bytes: number;
  /** Unpacked; equals `bytes` where nothing is packed. */
  contentBytes: number;
  modifiedMs: number;
  packing: Packing | undefined;
  plain: PlainDump | undefined;
  archive: ArchiveHeader | undefined;
  results: CheckResult[];
}

const isTocMember = ({ name }: { name: string }): boolean => isToc(name);

type Measured = Pick<ArtifactReport, "kind" | "bytes" | "modifiedMs">;

/**
 * Reads a backup in full and says in plain words whether it can be relied on. Bad backups are failed results, never
 * thrown; only being stopped by the signal is (exit 130). Whether pg_restore can read an archive is not asked here.
 */
export async function inspectArtifact(path: string, options: InspectOptions = {}): Promise<ArtifactReport> {
  try {
    const before = await measured(path);
    const head = await readHead(path);
    const report = await readAll(path, before, head, options);
    // A folder that is no backup is not read, so there is nothing to compare.
    if (report.sha256 === "") return report;
    const sidecar = await readSidecar(path.replace(/\/+$/, ""));
    const digest = digestResults(report.sha256, options.expectSha256, sidecar);
    return {
      ...report,
      results: [...report.results, ...digest, await sameAsBefore(path, before, report.bytes)],
    };
  } catch (error) {
    if (options.signal?.aborted === true) throw stopped(path, error);
    return unreadable(path, error);
  }
}

async function measured(path: string): Promise<Measured> {
  const found = await measure(path);
  if (typeof found !== "string") return found;
  // A folder without toc.dat is measured too, so that its format can be named.
  const facts = await stat(path);
  return { kind: facts.isDirectory() ? "directory" : "file", bytes: 0, modifiedMs: facts.mtimeMs };
}

async function readAll(
  path: string,
  before: Measured,
  { format, bytes: head }: Head,
  { signal, onProgress }: InspectOptions,
): Promise<ArtifactReport> {
  const onBytes = (bytes: number): void => onProgress?.(bytes, before.bytes);
  const shared = {
    path,
    ...before,
    format,
    packing: undefined,
    plain: undefined,
    archive: archiveHeader(head),
  };
  if (before.kind === "directory" && format.payload !== "directory")
    return { ...shared, sha256: "", contentBytes: 0, results: [formatResult(path, format)] };
  if (before.kind === "directory") {
    const { sha256, bytes, members } = await readDirectory(path, { signal, onBytes });
    const archive = archiveHeader((await readHead(join(path, members.find(isTocMember)?.name ?? ""))).bytes);
    const results = [formatResult(path, format), headerResult(archive), await membersResult(path, members)];
    return { ...shared, archive, sha256, bytes, contentBytes: bytes, results };
  }
  const reading = await readArtifactFile(path, format, { signal, onBytes });
  const { packing, plain, contentBytes } = reading;
  const results = [
    formatResult(path, format),
    ...(packing ? [packingResult(format, packing, reading.bytes, contentBytes)] : []),
    ...(plain ? plainResults(plain) : []),
    ...(format.payload === "custom" || format.payload === "tar" ? [headerResult(shared.archive)] : []),
  ];
  return { ...shared, ...reading, results };
}

/** A file that is still being written, or was replaced or removed meanwhile, is not what was looked at. */
async function sameAsBefore(path: string, before: Measured, read: number): Promise<CheckResult> {
  const name = "unchanged while it was read";
  const level = "artifact" as const;
  const found = sizeInWords(read);
  const after = await measure(path);
  const fix = "wait until whatever writes or moves it is done, then look again";
  if (typeof after === "string")
    return { name, level, result: "fail", found, why: `it vanished while it was read: ${after}`, fix };
  if (after.bytes === before.bytes && after.modifiedMs === before.modifiedMs && read === before.bytes)
    return { name, level, result: "pass", found };
  const sizes = `${count(before.bytes)} bytes before, ${count(after.bytes)} after`;
  return { name, level, result: "fail", found, why: `something writes to it (${sizes})`, fix };
}

function stopped(path: string, cause: unknown): LifeboatError {
  const facts = { what: "reading the backup was stopped", where: path, next: "start it again" };
  return new LifeboatError(EXIT.interrupted, facts, cause);
}

function unreadable(path: string, error: unknown): ArtifactReport {
  const why = (error instanceof LifeboatError ? error.facts.why : undefined) ?? fileProblem(error).says;
  const fix = "choose another backup, or make it readable for this user";
  return {
    path,
    kind: "file",
    format: { wrapper: "none", payload: "unknown", why },
    sha256: "",
    bytes: 0,
    contentBytes: 0,
    modifiedMs: 0,
    packing: undefined,
    plain: undefined,
    archive: undefined,
    results: [{ name: "the backup can be read", level: "artifact", result: "fail", found: path, why, fix }],
  };
}
