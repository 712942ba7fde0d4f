import { count } from "../../base/size.ts";
import type { CheckResult } from "../../step/check.ts";
import { durationNs } from "./go-duration.ts";
import type { FieldSum, Manifest } from "./manifest.ts";

export interface CompareOptions {
  /** Seconds since 1970, to know which windows their retention policy has outlived. */
  now: number;
  /** Deletes in the backup that no compaction had applied: a restore leaves them out, and the points come back. */
  tombstones: number;
}

const NAMED = 3;
const day = (ns: string): string => new Date(Number(BigInt(ns) / 1_000_000n)).toISOString().slice(0, 16);

/** Sums of floats depend on the order of adding; a changed value changes more than this. */
const ROUNDING = 1e-12;

function sameSum(a: string | null, b: string | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || (!/[.e]/.test(a) && !/[.e]/.test(b))) return false;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= ROUNDING * Math.max(Math.abs(x), Math.abs(y));
}

interface Difference {
  kind: "values" | "sum";
  text: string;
}

/** Fields by window and name. */
function byKey(sums: readonly FieldSum[]): Map<string, FieldSum> {
  return new Map(sums.map((one) => [`${one.window}\t${one.field}`, one]));
}

const inWords = (amount: bigint, how: string): string =>
  `${count(amount)} ${amount === 1n ? "value" : "values"} ${how}`;

function differences(
  manifest: Manifest,
  wanted: readonly FieldSum[],
  found: readonly FieldSum[],
): Difference[] {
  const there = byKey(found);
  const all: Difference[] = [];
  const where = ({ window, field }: FieldSum): string => {
    const { start = "0", end = "0" } = manifest.windows[window] ?? {};
    return `${field} from ${day(start)} to ${day(end)}`;
  };
  for (const one of wanted) {
    const key = `${one.window}\t${one.field}`;
    const other = there.get(key);
    there.delete(key);
    const has = BigInt(other?.values ?? "0");
    const missing = BigInt(one.values) - has;
    if (missing !== 0n) {
      const words = missing > 0n ? inWords(missing, "missing") : inWords(-missing, "too many");
      all.push({ kind: "values", text: `${where(one)}: ${words}` });
    } else if (!sameSum(one.sum, other?.sum ?? null))
      all.push({ kind: "sum", text: `${where(one)}: the sum was ${one.sum}, is ${other?.sum}` });
  }
  for (const one of there.values())
    all.push({ kind: "values", text: `${where(one)}: ${inWords(BigInt(one.values), "too many")}` });
  return all;
}

function someOf(all: readonly Difference[]): string {
  const shown = all.slice(0, NAMED).map(({ text }) => text);
  return all.length > NAMED ? `${shown.join("; ")}; and ${count(all.length - NAMED)} more` : shown.join("; ");
}

const most = (sums: readonly FieldSum[]): bigint => {
  const byField = new Map<string, bigint>();
  for (const { field, values } of sums) byField.set(field, (byField.get(field) ?? 0n) + BigInt(values));
  return [...byField.values()].reduce((a, b) => (a > b ? a : b), 0n);
};

function measurementResults(
  manifest: Manifest,
  name: string,
  wanted: readonly FieldSum[],
  found: readonly FieldSum[],
  { tombstones }: CompareOptions,
): CheckResult[] {
  const counts = { name: `points of ${name}`, level: "counts" as const, expected: count(most(wanted)) };
  const differ = differences(manifest, wanted, found);
  const counted = differ.filter(({ kind }) => kind === "values");
  const sums = differ.filter(({ kind }) => kind === "sum");
  if (manifest.moving.includes(name)) {
    const why =
      "it was written to in the past, or deleted from, while the backup was taken: its numbers are not exact";
    return [{ ...counts, result: "not checked", found: count(most(found)), why }];
  }
  if (counted.length > 0) {
    const deleted = tombstones > 0 && counted.every(({ text }) => text.endsWith("too many"));
    const because = deleted
      ? ". They had been deleted shortly before the backup, and influxd restore leaves deletes out that were not compacted yet"
      : "";
    return [
      { ...counts, result: "fail", found: count(most(found)), why: `${name}: ${someOf(counted)}${because}` },
    ];
  }
  const content = { name: `sums of ${name}`, level: "content" as const };
  const unsummed = [...new Set(wanted.filter(({ sum }) => sum === null).map(({ field }) => field))];
  const numbers = unsummed.length < new Set(wanted.map(({ field }) => field)).size;
  return [
    { ...counts, result: "pass", found: count(most(found)) },
    ...(sums.length > 0
      ? [
          {
            ...content,
            result: "fail" as const,
            why: `${name}: at least one value is not what was backed up: ${someOf(sums)}`,
          },
        ]
      : numbers
        ? [{ ...content, result: "pass" as const }]
        : []),
    ...(unsummed.length > 0
      ? [
          {
            name: `texts and booleans of ${name}`,
            level: "content" as const,
            result: "not checked" as const,
            why: `${unsummed.join(", ")}: counted, and InfluxQL cannot sum them; their content was not compared, because the server has other files than the backup`,
          },
        ]
      : []),
  ];
}

/** Counts and sums of every measurement against the manifest; what its retention policy has outlived is left out and said. */
export function compareSums(
  manifest: Manifest,
  found: readonly FieldSum[],
  options: CompareOptions,
): CheckResult[] {
  const lasts = new Map(manifest.policies.map(({ name, duration }) => [name, durationNs(duration)]));
  const now = BigInt(Math.floor(options.now)) * 1_000_000_000n;
  const isGone = ({ window }: FieldSum): boolean => {
    const { policy = "", end = "0" } = manifest.windows[window] ?? {};
    const keeps = lasts.get(policy) ?? 0n;
    return keeps > 0n && BigInt(end) + keeps <= now;
  };
  const nameOf = (one: FieldSum): string =>
    `${manifest.windows[one.window]?.policy ?? "?"}.${one.measurement}`;
  const group = (sums: readonly FieldSum[]): Map<string, FieldSum[]> =>
    Map.groupBy(
      sums.filter((one) => !isGone(one)),
      nameOf,
    );
  const [wanted, present] = [group(manifest.sums), group(found)];
  const names = [...new Set([...wanted.keys(), ...present.keys()])].sort();
  const gone = manifest.sums.filter(isGone);
  return [
    ...names.flatMap((name) =>
      measurementResults(manifest, name, wanted.get(name) ?? [], present.get(name) ?? [], options),
    ),
    ...(gone.length > 0
      ? [
          {
            name: "points older than their retention policy keeps",
            level: "counts" as const,
            result: "not checked" as const,
            found: `up to ${count(most(gone))} in the backup`,
            why: "the server removes them, by itself, soon after they are restored",
          },
        ]
      : []),
  ];
}
