import { stat } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { CheckResult } from "../step/check.ts";
import { archiveHeader, type ArchiveHeader } from "./archive-header.ts";
import type { ArtifactFormat } from "./backup.ts";
import { measure } from "./describe.ts";
import { isToc } from "./is-toc.ts";
import { headerResult, membersResult } from "./archive-results.ts";
import { fileProblem } from "./file-problem.ts";
import { formatResult, packingResult } from "./format-results.ts";
import { readHead, type Head } from "./format.ts";
import { plainResults } from "./plain-results.ts";
import type { StoreKindName } from "../runbook/store-kinds/registry.ts";
import type { ArtifactKind } from "./kinds/artifact-kind.ts";
import { artifactKind } from "./kinds/registry.ts";
import type { PlainDump } from "./plain-dump.ts";
import { readDirectory } from "./read-directory.ts";
import { type FileReading, readArtifactFile, type ReadOptions } from "./read-file.ts";
import { digestResults, readSidecar } from "./sidecar.ts";
import { type Looked, unchangedResult } from "./unchanged.ts";
import type { Packing } from "./unpack.ts";

export interface InspectOptions {
  /** Of the store the backup is of; default postgres. */
  kind?: StoreKindName | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((bytes: number, total: number) => void) | undefined;
  /** From the manifest. */
  expectSha256?: string | undefined;
  /** What is inside is known: as long as the digest is the expected one, nothing is unpacked. */
  known?: boolean | undefined;
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
  /** What the kind's own readers found out, as JSON. */
  facts: Record<string, unknown>;
  results: CheckResult[];
}

type Measured = Pick<ArtifactReport, "kind" | "bytes" | "modifiedMs">;

/**
 * Reads a backup in full and says in plain words whether it can be relied on. Bad backups are failed results, never
 * thrown; only being stopped by the signal is (exit 130). Whether pg_restore can read an archive is not asked here.
 */
export async function inspectArtifact(path: string, options: InspectOptions = {}): Promise<ArtifactReport> {
  const kind = options.kind ?? "postgres";
  try {
    const before = await measured(path, kind);
    const head = await readHead(path, kind);
    const report = await readAll(path, before, head, options);
    // A folder that is no backup is not read, so there is nothing to compare.
    if (report.sha256 === "") return report;
    const sidecar = await readSidecar(path.replace(/\/+$/, ""));
    const digest = digestResults(report.sha256, options.expectSha256, sidecar);
    const { chosen } = options;
    const since = chosen
      ? [await unchangedResult(path, "unchanged since it was chosen", chosen, chosen.bytes, kind)]
      : [];
    const whileRead = await unchangedResult(path, "unchanged while it was read", before, report.bytes, kind);
    return { ...report, results: [...report.results, ...digest, ...since, whileRead] };
  } catch (error) {
    if (options.signal?.aborted === true) throw stopped(path, error);
    return unreadable(path, error);
  }
}

async function measured(path: string, kind: StoreKindName): Promise<Measured> {
  const found = await measure(path, kind);
  if (typeof found !== "string") return found;
  // A folder that is no backup is measured too, so that its format can be named.
  const facts = await stat(path);
  return { kind: facts.isDirectory() ? "directory" : "file", bytes: 0, modifiedMs: facts.mtimeMs };
}

async function readAll(
  path: string,
  before: Measured,
  head: Head,
  options: InspectOptions,
): Promise<ArtifactReport> {
  const kind = artifactKind(options.kind ?? "postgres");
  const onBytes = (bytes: number): void => options.onProgress?.(bytes, before.bytes);
  const reading = { signal: options.signal, onBytes };
  if (options.known === true && head.format.payload !== "unknown") {
    const packed =
      before.kind === "file"
        ? await readArtifactFile(path, { ...head.format, wrapper: "none" }, reading)
        : await readDirectory(path, NOBODY_LOOKS_INSIDE, reading);
    if (packed.sha256 === options.expectSha256) return untouched(path, before, head, packed);
  }
  return before.kind === "directory"
    ? readFolder(path, before, head, kind, reading)
    : readFile(path, before, head, kind, reading);
}

const NOBODY_LOOKS_INSIDE: ArtifactKind = { folderOf: () => undefined, noFolder: "" };

/** Byte for byte what was read through and described when it was made. */
function untouched(
  path: string,
  before: Measured,
  { format }: Head,
  read: Pick<FileReading, "sha256" | "bytes">,
): ArtifactReport {
  const { sha256, bytes } = read;
  const content = { contentBytes: 0, packing: undefined, plain: undefined, archive: undefined, facts: {} };
  return { path, ...before, format, sha256, bytes, ...content, results: [formatResult(path, format)] };
}

async function readFolder(
  path: string,
  before: Measured,
  { format }: Head,
  kind: ArtifactKind,
  reading: ReadOptions,
): Promise<ArtifactReport> {
  const shared = { path, ...before, format, packing: undefined, plain: undefined, archive: undefined };
  if (format.payload === "unknown")
    return { ...shared, sha256: "", contentBytes: 0, facts: {}, results: [formatResult(path, format)] };
  const { sha256, bytes, members, results, facts } = await readDirectory(path, kind, reading);
  const all = { ...shared, sha256, bytes, contentBytes: bytes, facts };
  if (format.payload !== "directory") return { ...all, results: [formatResult(path, format), ...results] };
  const toc = members.find(({ name }) => isToc(name))?.name ?? "";
  const archive = archiveHeader((await readHead(join(path, toc))).bytes);
  const dump = [formatResult(path, format), headerResult(archive), await membersResult(path, members)];
  return { ...all, archive, results: dump };
}

/** Written by pg_dump -Fc or -Ft, which have a header of their own. */
const isPgArchive = ({ payload }: ArtifactFormat, kind: ArtifactKind): boolean =>
  kind === artifactKind("postgres") && (payload === "custom" || payload === "tar");

async function readFile(
  path: string,
  before: Measured,
  { format, bytes: head }: Head,
  kind: ArtifactKind,
  options: ReadOptions,
): Promise<ArtifactReport> {
  const archive = isPgArchive(format, kind) ? archiveHeader(head) : undefined;
  const reading = await readArtifactFile(path, format, options, kind.reader?.(format.payload));
  const { packing, plain, bytes, contentBytes, facts } = reading;
  const results = [
    formatResult(path, format),
    ...(packing ? [packingResult(format, packing, bytes, contentBytes)] : []),
    ...(plain ? plainResults(plain) : []),
    ...(isPgArchive(format, kind) ? [headerResult(archive)] : []),
    ...reading.results,
  ];
  return { path, ...before, format, archive, ...reading, facts: facts ?? {}, results };
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
    facts: {},
    results: [{ name: "the backup can be read", level: "artifact", result: "fail", found: path, why, fix }],
  };
}
