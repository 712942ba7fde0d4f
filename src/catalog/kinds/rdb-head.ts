const MAGIC = /^REDIS(\d{4})/;
const AUX = 0xfa;
const TEXT_OF: Record<string, string> = { "redis-ver": "madeBy", ctime: "madeAt", "used-mem": "usedMemory" };

/** Version of the RDB format by the first nine bytes; undefined for anything else. */
export function rdbVersion(head: Buffer): number | undefined {
  const digits = MAGIC.exec(head.toString("latin1", 0, 9))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * What a file says about itself before its first key: version of the server, when it was saved, how much memory it needs.
 * Source: rdb.c of Redis, rdbSaveInfoAuxFields and rdbLoadLen.
 */
export function auxFields(head: Buffer): Record<string, string> {
  const found: Record<string, string> = {};
  let at = 9;
  while (head[at] === AUX) {
    const name = stringAt(head, at + 1);
    const value = name && stringAt(head, name.next);
    if (!name || !value) break;
    const known = TEXT_OF[name.text];
    if (known !== undefined) found[known] = value.text;
    at = value.next;
  }
  return found;
}

/** A string with its length before it, or a number of 8, 16 or 32 bits. Compressed ones are longer than any of these. */
function stringAt(bytes: Buffer, at: number): { text: string; next: number } | undefined {
  const first = bytes[at];
  if (first === undefined || at + 5 > bytes.length) return undefined;
  const [kind, low] = [first >> 6, first & 0x3f];
  if (kind === 3) {
    if (low === 0) return { text: String(bytes.readInt8(at + 1)), next: at + 2 };
    if (low === 1) return { text: String(bytes.readInt16LE(at + 1)), next: at + 3 };
    return low === 2 ? { text: String(bytes.readInt32LE(at + 1)), next: at + 5 } : undefined;
  }
  if (kind === 2) return undefined;
  const long = kind === 1;
  const start = at + (long ? 2 : 1);
  const next = start + (long ? (low << 8) | (bytes[at + 1] ?? 0) : low);
  return next > bytes.length ? undefined : { text: bytes.toString("utf8", start, next), next };
}
