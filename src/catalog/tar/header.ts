/** One header block of a tar archive (POSIX ustar, GNU, or older). Text is bytes, a character each (latin1). */
export interface TarHeader {
  name: string;
  link: string;
  /** The type's letter as written: "0" file, "1" hard link, "2" symbolic link, "5" folder, "L" long name, "x" pax … */
  type: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  device: string;
}

export const BLOCK = 512;

const text = (block: Buffer, from: number, length: number): string =>
  block.toString("latin1", from, from + length).replace(/\0.*$/s, "");

/** Octal digits, or since they do not hold large numbers: big endian bytes behind a first byte of 0x80 or more. */
function number(block: Buffer, from: number, length: number): number {
  const first = block[from] ?? 0;
  if (first < 0x80) return Number.parseInt(text(block, from, length).trim() || "0", 8);
  let value = first === 0xff ? -1 : first & 0x7f;
  for (let at = from + 1; at < from + length; at += 1) value = value * 256 + (block[at] ?? 0);
  return value;
}

/** The header's own sum, counted with its field as spaces. */
export function hasTarSum(block: Buffer): boolean {
  let sum = 8 * 32;
  for (let at = 0; at < 148; at += 1) sum += block[at] ?? 0;
  for (let at = 156; at < BLOCK; at += 1) sum += block[at] ?? 0;
  return sum === number(block, 148, 8);
}

/** undefined for a block that is no header. */
export function decodeHeader(block: Buffer): TarHeader | undefined {
  if (!hasTarSum(block)) return undefined;
  const isPosix = text(block, 257, 6) === "ustar";
  const prefix = isPosix ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  const type = text(block, 156, 1) || "0";
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    link: text(block, 157, 100),
    // Before there was a letter for it, a folder was a file whose name ends in a slash.
    type: type === "0" && name.endsWith("/") ? "5" : type === "7" ? "0" : type,
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: number(block, 124, 12),
    mtime: number(block, 136, 12),
    device: `${number(block, 329, 8).toString(16)}:${number(block, 337, 8).toString(16)}`,
  };
}

/** Records "length key=value\n" of a pax header (POSIX.1-2001); values are bytes, a character each. */
export function decodePax(content: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  const all = content.toString("latin1");
  for (let at = 0; at < all.length;) {
    const space = all.indexOf(" ", at);
    const length = Number.parseInt(all.slice(at, space), 10);
    if (space < 0 || !(length > 0)) break;
    const record = all.slice(space + 1, at + length - 1);
    const equals = record.indexOf("=");
    found.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return found;
}
