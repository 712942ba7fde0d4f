/** The reflected ECMA-182 polynomial, as two halves: Go's crc64.ECMA, by which mongodump sums each namespace. */
const HIGH = 0xc96c5795;
const LOW = 0xd7870f42;

const tables = makeTables();

function makeTables(): { high: Int32Array; low: Int32Array } {
  const [high, low] = [new Int32Array(256), new Int32Array(256)];
  for (let byte = 0; byte < 256; byte += 1) {
    let [h, l] = [0, byte];
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = (l & 1) === 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) [h, l] = [h ^ HIGH, l ^ LOW];
    }
    high[byte] = h;
    low[byte] = l;
  }
  return { high, low };
}

/** CRC-64 in two 32-bit halves: with BigInt it would be a hundred times slower. */
export class Crc64 {
  #high = -1;
  #low = -1;

  update(bytes: Buffer): void {
    let [h, l] = [this.#high, this.#low];
    const { high, low } = tables;
    // Not for…of: this runs once for each byte of a backup.
    for (let at = 0; at < bytes.length; at += 1) {
      const index = (l ^ (bytes[at] ?? 0)) & 0xff;
      l = ((l >>> 8) | (h << 24)) ^ (low[index] ?? 0);
      h = (h >>> 8) ^ (high[index] ?? 0);
    }
    this.#high = h;
    this.#low = l;
  }

  /** As the archive writes it, a signed number of 64 bits. */
  value(): bigint {
    const unsigned = (BigInt(~this.#high >>> 0) << 32n) | BigInt(~this.#low >>> 0);
    return BigInt.asIntN(64, unsigned);
  }
}
