import { once } from "node:events";
import * as zlib from "node:zlib";
import { crc32, createInflateRaw } from "node:zlib";
import type { Transform } from "node:stream";
import { LifeboatError, messageOf } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { ByteSource } from "./byte-source.ts";
import { isGzip, isZstd } from "./magic.ts";

/** What was learnt about the packing once all of it has been read. */
export interface Packing {
  /** Complete gzip members or zstd frames, as far as they can be told apart. */
  members: number;
  /** Bytes after the last member that are no packed data; zeros after gzip are padding and not counted. */
  junkBytes: number;
  /** Where the packed data stops making sense, and why. Nothing after it was read. */
  problem?: { kind: "cut" | "damaged"; at: number; why: string };
}

const OUT = { chunkSize: 256 * 1024, readableHighWaterMark: 1024 * 1024 };

/**
 * Unpacks gzip and zstd as they are found in the wild: several members one after the other, padding, junk behind them.
 * Node's own streams stop silently after the first zstd frame, and take junk after gzip for damage. Never throws for
 * bad data: all good content before it is given, and `packing` says what is wrong.
 */
export async function* unpack(
  chunks: AsyncIterable<Buffer>,
  wrapper: "gzip" | "zstd",
  packing: Packing,
): AsyncGenerator<Buffer> {
  const source = new ByteSource(chunks);
  const [isMember, member] = wrapper === "gzip" ? [isGzip, gzipMember] : [isZstd, zstdFrame];
  try {
    for (;;) {
      const start = await source.take(4);
      source.putBack(start);
      if (start.length === 0) return;
      if (packing.members > 0 && !isMember(start)) {
        packing.junkBytes = await countJunk(source, wrapper);
        return;
      }
      yield* member(source, packing);
      if (packing.problem) return;
      packing.members += 1;
    }
  } finally {
    await source.close();
  }
}

async function countJunk(source: ByteSource, wrapper: "gzip" | "zstd"): Promise<number> {
  let bytes = 0;
  // Tapes and block devices pad with zeros: gunzip passes over them, zstd does not.
  let padding = wrapper === "gzip";
  for (let chunk = await source.next(); chunk; chunk = await source.next()) {
    bytes += chunk.length;
    padding &&= chunk.every((byte) => byte === 0);
  }
  return padding ? 0 : bytes;
}

async function* gzipMember(source: ByteSource, packing: Packing): AsyncGenerator<Buffer> {
  const cut = (): void => {
    packing.problem = {
      kind: "cut",
      at: source.position,
      why: "the file ends in the middle of the packed data",
    };
  };
  if (!(await skipGzipHeader(source))) return cut();
  let sum = 0;
  let size = 0;
  for await (const content of inflate(source, createInflateRaw(OUT), packing)) {
    sum = crc32(content, sum);
    size += content.length;
    yield content;
  }
  if (packing.problem) return undefined;
  const trailer = await source.take(8);
  if (trailer.length < 8) return cut();
  if (trailer.readUInt32LE(0) === sum && trailer.readUInt32LE(4) === size >>> 0) return undefined;
  packing.problem = {
    kind: "damaged",
    at: source.position,
    why: "the checksum inside the file does not fit its content: at least one byte was changed",
  };
}

/** RFC 1952: ten bytes, then by flags an extra field, the name, a comment and a sum. */
async function skipGzipHeader(source: ByteSource): Promise<boolean> {
  const fixed = await source.take(10);
  const flags = fixed[3] ?? 0;
  if (flags & 4) await source.take((await source.take(2)).readUInt16LE(0));
  if (flags & 8) await skipText(source);
  if (flags & 16) await skipText(source);
  if (flags & 2) await source.take(2);
  return fixed.length === 10;
}

async function skipText(source: ByteSource): Promise<void> {
  for (let byte = await source.take(1); byte.length > 0 && byte[0] !== 0;) byte = await source.take(1);
}

function zstdMissing(): LifeboatError {
  return new LifeboatError(EXIT.preflight, {
    what: "this Node cannot read zstd",
    why: "it came with 22.15",
    next: 'use a newer Node ("npm ci" brings one), or unpack the backup with: zstd -d',
  });
}

function zstdFrame(source: ByteSource, packing: Packing): AsyncGenerator<Buffer> {
  // By name, not by import: Node 22.13 and 22.14 lack it, and must still start.
  if (!("createZstdDecompress" in zlib)) throw zstdMissing();
  return inflate(source, zlib.createZstdDecompress(OUT), packing);
}

/** Feeds one stream until it says it has its end, and puts back what it did not want. */
async function* inflate(
  source: ByteSource,
  stream: Transform & { bytesWritten: number },
  packing: Packing,
): AsyncGenerator<Buffer> {
  const start = source.position;
  const feeder = feed(source, stream);
  try {
    for await (const content of stream) yield content;
  } catch (error) {
    // libzstd goes on to the next frame by itself, so only what follows a complete frame can be no frame at all.
    const behindTheEnd = stream.bytesWritten > 0 && /Unknown frame descriptor/.test(messageOf(error));
    if (!behindTheEnd) packing.problem = problemOf(error, start + stream.bytesWritten);
  } finally {
    stream.destroy();
    await feeder;
  }
  const { recent, error } = await feeder;
  if (error !== undefined) throw error;
  const unwanted = source.position - (start + stream.bytesWritten);
  if (unwanted > 0 && !packing.problem) source.putBack(Buffer.concat(recent).subarray(-unwanted));
}

/** Writes until the stream is over; gives the last chunks, which the stream may not have wanted in full. */
async function feed(
  source: ByteSource,
  stream: Transform & { bytesWritten: number },
): Promise<{ recent: Buffer[]; error?: unknown }> {
  const over = once(stream, "close").catch(() => undefined);
  const recent: Buffer[] = [];
  const start = source.position;
  try {
    while (!stream.destroyed && !stream.readableEnded) {
      const chunk = await source.next();
      if (chunk) recent.push(chunk);
      if (!chunk) {
        stream.end();
        break;
      }
      // A stream that has its end may never answer for the rest of the chunk.
      await Promise.race([new Promise((done) => stream.write(chunk, done)), over]);
      const wanted = source.position - (start + stream.bytesWritten);
      let held = recent.reduce((sum, { length }) => sum + length, 0);
      for (let first = recent[0]; first && held - first.length >= wanted; first = recent[0])
        held -= recent.shift()?.length ?? 0;
    }
    return { recent };
  } catch (error) {
    stream.destroy();
    return { recent, error };
  }
}

function problemOf(error: unknown, at: number): NonNullable<Packing["problem"]> {
  const message = messageOf(error);
  if (/unexpected end of file/.test(message))
    return { kind: "cut", at, why: "the file ends in the middle of the packed data" };
  return { kind: "damaged", at, why: `the packed data is damaged (${message})` };
}
