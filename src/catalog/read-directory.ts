import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CheckResult } from "../step/check.ts";
import { filesIn } from "./files-in.ts";
import { headOfFile } from "./format.ts";
import { packingResult } from "./format-results.ts";
import type { ArtifactKind, Member } from "./kinds/artifact-kind.ts";
import { type FileReading, readArtifactFile, type ReadOptions } from "./read-file.ts";

export interface DirectoryReading {
  sha256: string;
  bytes: number;
  /** Every file, sorted by name. */
  members: Member[];
  results: CheckResult[];
  facts: Record<string, unknown>;
}

const RAW = { wrapper: "none", payload: "directory" } as const;

/**
 * Reads all files of a folder. Its digest can be made with stock tools, inside the folder:
 * `find -L . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum`
 */
export async function readDirectory(
  path: string,
  kind: ArtifactKind,
  options: ReadOptions,
): Promise<DirectoryReading> {
  const lines = createHash("sha256");
  const members: Member[] = [];
  const results: CheckResult[] = [];
  const read = new Map<string, Record<string, unknown>>();
  let bytes = 0;
  const names = await filesIn(path);
  const ahead = readAhead(names.map((name) => join(path, name)));
  for (const name of names) {
    const before = bytes;
    const onBytes = (got: number): void => options.onBytes?.(before + got);
    const reader = kind.memberReader?.(name);
    const file = join(path, name);
    const small = (await ahead.next()).value;
    // Only what somebody looks into has to be unpacked.
    const format = reader ? (await headOfFile(file, kind)).format : RAW;
    const reading =
      reader || !small
        ? await readArtifactFile(file, format, { ...options, onBytes }, reader)
        : readingOf(small, options, onBytes);
    lines.update(sumLine(reading.sha256, name));
    members.push({ name, bytes: reading.bytes, sha256: reading.sha256 });
    bytes += reading.bytes;
    if (reading.facts) read.set(name, reading.facts);
    const packing = reading.packing
      ? [packingResult(format, reading.packing, reading.bytes, reading.contentBytes)]
      : [];
    results.push(
      ...[...packing, ...reading.results]
        .filter((result) => result.result !== "pass")
        .map((result) => ({ ...result, name: `${name}: ${result.name}` })),
    );
  }
  const judged = (await kind.judgeFolder?.(path, members, read)) ?? { results: [] };
  return {
    sha256: lines.digest("hex"),
    bytes,
    members,
    results: [...results, ...judged.results],
    facts: judged.facts ?? {},
  };
}

/** A stream for each of ten thousand small files costs ten times what reading them does. */
const SMALL = 256 * 1024;
const AHEAD = 16;

/** The contents of files in their order, the next ones already being read; undefined for one that is not small. */
async function* readAhead(paths: readonly string[]): AsyncGenerator<Buffer | undefined> {
  const reading: Promise<Buffer | undefined>[] = [];
  for (let at = 0; at < paths.length; at += 1) {
    for (let next = at + reading.length; next < paths.length && reading.length < AHEAD; next += 1)
      reading.push(smallFile(paths[next] ?? ""));
    yield await reading.shift();
  }
}

/** What cannot be read is told by whoever reads it as a large one. */
async function smallFile(path: string): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(path);
    return size <= SMALL ? await readFile(path) : undefined;
  } catch {
    return undefined;
  }
}

function readingOf(content: Buffer, { signal }: ReadOptions, onBytes: (bytes: number) => void): FileReading {
  signal?.throwIfAborted();
  onBytes(content.length);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const { length } = content;
  const nothing = { packing: undefined, plain: undefined, results: [], facts: undefined };
  return { sha256, bytes: length, contentBytes: length, ...nothing };
}

/** As sha256sum prints it: a name with a newline or a backslash is escaped and the line says so. */
function sumLine(sha256: string, name: string): string {
  const escaped = name
    .replaceAll("\\", String.raw`\\`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\r", String.raw`\r`);
  return `${escaped === name ? "" : "\\"}${sha256}  ${escaped}\n`;
}
