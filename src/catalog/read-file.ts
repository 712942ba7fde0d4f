import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { CheckResult } from "../step/check.ts";
import type { ArtifactFormat } from "./backup.ts";
import type { ContentReader } from "./kinds/artifact-kind.ts";
import type { PlainDump } from "./plain-dump.ts";
import { PlainScanner } from "./scan-plain.ts";
import { unpack, type Packing } from "./unpack.ts";

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Bytes of the artifact read so far. */
  onBytes?: ((bytes: number) => void) | undefined;
}

/** What one reading of a file gives. */
export interface FileReading {
  sha256: string;
  bytes: number;
  /** Unpacked; up to the damage, if there is any. */
  contentBytes: number;
  packing: Packing | undefined;
  plain: PlainDump | undefined;
  /** Of the kind's own reader. */
  results: CheckResult[];
  facts: Record<string, unknown> | undefined;
}

const CHUNK = 1024 * 1024;

/** Reads a file once: digest, unpacking and the scan of plain SQL happen on the way. Rejects when it cannot be read. */
export async function readArtifactFile(
  path: string,
  format: ArtifactFormat,
  { signal, onBytes }: ReadOptions,
  reader?: ContentReader,
): Promise<FileReading> {
  const hash = createHash("sha256");
  let bytes = 0;
  const stream = createReadStream(path, { highWaterMark: CHUNK, ...(signal ? { signal } : {}) });
  const raw: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Buffer>> => {
    const got = await raw.next();
    if (got.done !== true) {
      hash.update(got.value);
      bytes += got.value.length;
      onBytes?.(bytes);
    }
    return got;
  };
  const packing: Packing = { members: 0, junkBytes: 0 };
  // Without `return`, so that what unpacking does not want can still be read for the digest.
  const source: AsyncIterable<Buffer> = { [Symbol.asyncIterator]: () => ({ next }) };
  const content = format.wrapper === "none" ? source : unpack(source, format.wrapper, packing);
  const scanner = format.payload === "plain" ? new PlainScanner() : undefined;
  let contentBytes = 0;
  try {
    for await (const chunk of content) {
      contentBytes += chunk.length;
      scanner?.push(chunk);
      reader?.push(chunk);
    }
    for (let rest = await next(); rest.done !== true;) rest = await next();
  } finally {
    stream.destroy();
  }
  // What was cut off on the way has its own result: a reader would only say the same again.
  const whole = packing.problem === undefined;
  const { results, facts } = (whole ? reader?.end() : undefined) ?? { results: [], facts: undefined };
  return {
    sha256: hash.digest("hex"),
    bytes,
    contentBytes,
    packing: format.wrapper === "none" ? undefined : packing,
    plain: scanner?.end(),
    results,
    facts,
  };
}
