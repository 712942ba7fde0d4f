import { open, readdir, stat } from "node:fs/promises";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { ArtifactFormat } from "./backup.ts";
import { isToc } from "./describe.ts";
import { fileProblem } from "./file-problem.ts";
import { isGzip, isZstd, payloadOf } from "./magic.ts";
import { unpack, type Packing } from "./unpack.ts";

/** How much is looked at, unpacked: enough for the header and preamble of every dump. */
export const HEAD_BYTES = 64 * 1024;

/** The first bytes of an artifact, unpacked, and what they are. */
export interface Head {
  format: ArtifactFormat;
  /** At most HEAD_BYTES; empty for a directory. */
  bytes: Buffer;
}

/** What an artifact is, by its first bytes and never by its name. Throws exit 11 when it cannot be read. */
export async function readFormat(path: string): Promise<ArtifactFormat> {
  return (await readHead(path)).format;
}

/** See `readFormat`; gives the bytes too. */
export async function readHead(path: string): Promise<Head> {
  try {
    const facts = await stat(path);
    // Opening a pipe would wait for somebody to write into it.
    if (!facts.isFile() && !facts.isDirectory()) throw new Error("it is neither a file nor a folder");
    if (facts.isDirectory()) return { format: await folderFormat(path), bytes: Buffer.alloc(0) };
    return await headOf(await firstBytes(path));
  } catch (error) {
    throw new LifeboatError(
      EXIT.preflight,
      {
        what: "the backup cannot be read",
        where: path,
        why: fileProblem(error).says,
        next: "choose another backup",
      },
      error,
    );
  }
}

async function folderFormat(path: string): Promise<ArtifactFormat> {
  const members = await readdir(path);
  if (members.some(isToc)) return { wrapper: "none", payload: "directory" };
  return {
    wrapper: "none",
    payload: "unknown",
    why: "a folder without toc.dat, so not a directory-format backup",
  };
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    let length = 0;
    for (let read = -1; read !== 0 && length < HEAD_BYTES; length += read)
      read = (await file.read(buffer, length, HEAD_BYTES - length, length)).bytesRead;
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** Names the format of an artifact that begins with these (packed) bytes. */
export async function headOf(packed: Buffer): Promise<Head> {
  const wrapper = isGzip(packed) ? "gzip" : isZstd(packed) ? "zstd" : "none";
  if (wrapper === "none") return { format: { wrapper, ...payloadOf(packed) }, bytes: packed };
  const packing: Packing = { members: 0, junkBytes: 0 };
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of unpack(once(packed), wrapper, packing)) {
    parts.push(part);
    size += part.length;
    if (size >= HEAD_BYTES) break;
  }
  const bytes = Buffer.concat(parts).subarray(0, HEAD_BYTES);
  if (size > 0 || !packing.problem) return { format: { wrapper, ...payloadOf(bytes) }, bytes };
  const why = `nothing in it can be unpacked: ${packing.problem.why}`;
  return { format: { wrapper, payload: "unknown", why }, bytes };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
