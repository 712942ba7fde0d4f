const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Bytes in decimal units, three significant figures at most: "318 MB", "2.1 GB". */
export function sizeInWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** 1048211 → "1,048,211", the same in every locale. */
export function count(n: number | bigint): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** counted(1, "row") → "1 row", counted(2000, "row") → "2,000 rows"; only for words whose plural is an s. */
export const counted = (n: number | bigint, noun: string): string =>
  `${count(n)} ${noun}${BigInt(n) === 1n ? "" : "s"}`;

const UNIT_BYTES: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** "5MB", "1.5 GiB", "900" → bytes; undefined when it is not a size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  const scale = UNIT_BYTES[(unit || "b").toLowerCase()];
  return scale === undefined ? undefined : Math.round(Number(amount) * scale);
}
