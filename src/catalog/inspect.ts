import { stat } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
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
import { type Looked, unchangedResult } from "./unchanged.ts";
import type { Packing } from "./unpack.ts";

export interface InspectOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((bytes: number, total: number) => void) | undefined;
  /** From the manifest. */
  expectSha256?: string | undefined;
  /** How it was when it was chosen; it may have been replaced while the operator read the plan. */
  chosen?: Looked | undefined;
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
    const { chosen } = options;
    const since = chosen ? [await unchangedResult(path, "unchanged since it was chosen", chosen)] : [];
    const whileRead = await unchangedResult(path, "unchanged while it was read", before, report.bytes);
    return { ...report, results: [...report.results, ...digest, ...since, whileRead] };
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
