import type { ArtifactFormat } from "./backup.ts";
import { textFormat } from "./text-head.ts";

type Seen = Omit<ArtifactFormat, "wrapper">;

/** Bytes at the start that say what an artifact is, whatever its name. Sources: the formats' own documents. */
const SIGNATURES: readonly { hex: string; seen: Seen }[] = [
  { hex: "5047444d50", seen: { payload: "custom" } },
  { hex: "53616c7465645f5f", seen: { payload: "encrypted", why: "encrypted by openssl enc" } },
  { hex: ascii("age-encryption.org/"), seen: { payload: "encrypted", why: "encrypted by age" } },
  { hex: ascii("-----BEGIN AGE ENCRYPTED FILE"), seen: { payload: "encrypted", why: "encrypted by age" } },
  { hex: ascii("-----BEGIN PGP MESSAGE"), seen: { payload: "encrypted", why: "encrypted by PGP (gpg)" } },
  { hex: "425a68", seen: packed("bzip2") },
  { hex: "fd377a585a00", seen: packed("xz") },
  { hex: "04224d18", seen: packed("lz4") },
  { hex: "504b0304", seen: packed("zip") },
  { hex: "377abcaf271c", seen: packed("7-Zip") },
  { hex: "1f8b", seen: packed("gzip, a second time") },
  { hex: "28b52ffd", seen: packed("zstd, a second time") },
  { hex: ascii("SQLite format 3"), seen: { payload: "unknown", why: "an SQLite database" } },
  { hex: ascii("REDIS"), seen: { payload: "unknown", why: "a Redis snapshot (RDB)" } },
];

function ascii(text: string): string {
  return Buffer.from(text).toString("hex");
}

function packed(by: string): Seen {
  return { payload: "unknown", why: `compressed by ${by}, which is not read here: unpack it first` };
}

export const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;
/** A zstd frame, or one of its skippable frames (pzstd begins with one). */
export const isZstd = (head: Buffer): boolean =>
  head.length >= 4 && (head.readUInt32LE(0) === 0xfd2fb528 || (head.readUInt32LE(0) & ~0xf) === 0x184d2a50);

/** What unpacked bytes are. */
export function payloadOf(head: Buffer): Seen {
  if (head.length === 0) return { payload: "empty" };
  const start = head.subarray(0, 32).toString("hex");
  const known = SIGNATURES.find((signature) => start.startsWith(signature.hex));
  if (known) return known.seen;
  if (isPgpBinary(head)) return { payload: "encrypted", why: "encrypted by PGP (gpg)" };
  return tarFormat(head) ?? textFormat(head);
}

/** RFC 9580: a message begins with an encrypted session key packet, whose version follows its length. */
function isPgpBinary(head: Buffer): boolean {
  const tag = head[0] ?? 0;
  const [oldKey, oldPassword] = [(tag & 0xfc) === 0x84, (tag & 0xfc) === 0x8c];
  if (oldKey || oldPassword) {
    const version = head[1 + 2 ** (tag & 3)];
    return oldKey ? version === 3 || version === 6 : version === 4 || version === 5 || version === 6;
  }
  return (tag === 0xc1 && head[2] === 3) || (tag === 0xc3 && (head[2] ?? 0) >= 4 && (head[2] ?? 0) <= 6);
}

/** pg_dump -Ft writes toc.dat as the first member; other tar archives cannot be restored by pg_restore. */
function tarFormat(head: Buffer): Seen | undefined {
  if (head.length < 512 || !hasTarSum(head.subarray(0, 512))) return undefined;
  const name = head.toString("utf8", 0, 100).replace(/\0.*$/s, "");
  if (name === "toc.dat") return { payload: "tar" };
  const folder = name.endsWith("toc.dat") ? ": unpack it, the folder inside is the backup" : "";
  return {
    payload: "unknown",
    why: `a tar archive that begins with "${name}", not one of pg_dump -Ft${folder}`,
  };
}

/** The header's own sum, counted with its field as spaces: "ustar" is missing in what older pg_dump wrote. */
function hasTarSum(header: Buffer): boolean {
  const stated = Number.parseInt(header.toString("latin1", 148, 156).replace(/\0.*$/s, "").trim(), 8);
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  return stated === sum;
}
