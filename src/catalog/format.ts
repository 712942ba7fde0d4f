import { open, stat } from "node:fs/promises";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { ArtifactFormat } from "./backup.ts";
import { fileProblem } from "./file-problem.ts";
import type { StoreKindName } from "../runbook/store-kinds/registry.ts";
import { filesIn } from "./files-in.ts";
import type { ArtifactKind, Seen } from "./kinds/artifact-kind.ts";
import { artifactKind } from "./kinds/registry.ts";
import { isGzip, isZstd, payloadOf } from "./magic.ts";
import { unpack, type Packing } from "./unpack.ts";

/** How much is looked at, unpacked: enough for the header and preamble of every dump. */
export const HEAD_BYTES = 64 * 1024;

/** How much of the packed file is read for that: a block of zstd is up to 128 kB, and nothing of half a block can be unpacked. */
const PACKED_BYTES = 256 * 1024;

/** The first bytes of an artifact, unpacked, and what they are. */
export interface Head {
  format: ArtifactFormat;
  /** At most HEAD_BYTES; of a folder the paths of its files, a line each, as far as they fit. */
  bytes: Buffer;
}

/** What an artifact is, by its first bytes and never by its name. Throws exit 11 when it cannot be read. */
export async function readFormat(path: string, kind: StoreKindName = "postgres"): Promise<ArtifactFormat> {
  return (await readHead(path, kind)).format;
}

/** See `readFormat`; gives the bytes too. */
export async function readHead(path: string, kind: StoreKindName = "postgres"): Promise<Head> {
  try {
    const facts = await stat(path);
    // Opening a pipe would wait for somebody to write into it.
    if (!facts.isFile() && !facts.isDirectory()) throw new Error("it is neither a file nor a folder");
    if (facts.isDirectory()) return folderHead(await filesIn(path), artifactKind(kind));
    return await headOfFile(path, artifactKind(kind));
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

function folderHead(files: readonly string[], kind: ArtifactKind): Head {
  const seen = kind.folderOf(files) ?? { payload: "unknown", why: kind.noFolder };
  const bytes = Buffer.from(files.join("\n")).subarray(0, HEAD_BYTES);
  return { format: { wrapper: "none", ...seen }, bytes };
}

/** See `readHead`, of a file that is there. */
export async function headOfFile(path: string, kind: ArtifactKind): Promise<Head> {
  return headOf(await firstBytes(path), kind);
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(PACKED_BYTES);
    let length = 0;
    for (let read = -1; read !== 0 && length < PACKED_BYTES; length += read)
      read = (await file.read(buffer, length, PACKED_BYTES - length, length)).bytesRead;
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** Names the format of an artifact that begins with these (packed) bytes. */
async function headOf(packed: Buffer, kind: ArtifactKind): Promise<Head> {
  const wrapper = isGzip(packed) ? "gzip" : isZstd(packed) ? "zstd" : "none";
  if (wrapper === "none") {
    const head = packed.subarray(0, HEAD_BYTES);
    return { format: { wrapper, ...seenAs(head, kind) }, bytes: head };
  }
  const packing: Packing = { members: 0, junkBytes: 0 };
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of unpack(once(packed), wrapper, packing)) {
    parts.push(part);
    size += part.length;
    if (size >= HEAD_BYTES) break;
  }
  const bytes = Buffer.concat(parts).subarray(0, HEAD_BYTES);
  if (size > 0 || !packing.problem) return { format: { wrapper, ...seenAs(bytes, kind) }, bytes };
  const why = `nothing in it can be unpacked: ${packing.problem.why}`;
  return { format: { wrapper, payload: "unknown", why }, bytes };
}

/** The kind's own signs come first; bytes that nobody knows may be of a format that has none. */
function seenAs(head: Buffer, kind: ArtifactKind): Seen {
  const own = kind.payloadOf?.(head);
  if (own) return own;
  const seen = payloadOf(head);
  return seen.payload === "unknown" && kind.otherwise ? kind.otherwise : seen;
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
