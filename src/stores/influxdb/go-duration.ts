const UNITS: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
};

/** Nanoseconds of a duration as the server prints it ("168h0m0s"); 0 means for ever. */
export function durationNs(text: string): bigint {
  let sum = 0n;
  for (const [, amount = "0", unit = ""] of text.matchAll(/(\d+)(ms|h|m|s)/g))
    sum += BigInt(amount) * (UNITS[unit] ?? 0n);
  return sum;
}
