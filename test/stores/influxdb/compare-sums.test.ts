import { expect, test } from "vitest";
import { compareSums } from "../../../src/stores/influxdb/compare-sums.ts";
import { durationNs } from "../../../src/stores/influxdb/go-duration.ts";
import { type FieldSum, type Manifest, manifestSchema } from "../../../src/stores/influxdb/manifest.ts";
import { parseWindows, windowsOf, windowStatements } from "../../../src/stores/influxdb/windows.ts";

const WEEK = 604_800n * 1_000_000_000n;
const field = (over: Partial<FieldSum> = {}): FieldSum => ({
  window: 0,
  measurement: "temp",
  field: "celsius",
  values: "10",
  sum: "12.5",
  ...over,
});

function manifest(over: Partial<Manifest> = {}): Manifest {
  return manifestSchema.parse({
    lifeboat: 1,
    system: "s",
    store: "t",
    environment: "test",
    kind: "influxdb",
    takenAt: "2026-01-01T00:00:00Z",
    artifact: { file: "f", format: "portable", bytes: 1, sha256: "x" },
    server: {},
    bytes: 1,
    database: "g",
    until: String(WEEK * 3n),
    policies: [{ name: "autogen", duration: "0s" }],
    shape: [],
    queries: [],
    grants: [],
    windows: [
      { policy: "autogen", start: "0", end: String(WEEK) },
      { policy: "autogen", start: String(WEEK), end: String(WEEK * 2n) },
    ],
    sums: [field(), field({ window: 1, values: "3", sum: "1" })],
    moving: [],
    ...over,
  });
}

const NOW = { now: 10_000_000, tombstones: 0 };
const failures = (m: Manifest, found: FieldSum[], options = NOW) =>
  compareSums(m, found, options).filter(({ result }) => result === "fail");

test("equal counts and sums pass, and sums that differ only by rounding", () => {
  expect(failures(manifest(), manifest().sums)).toEqual([]);
  expect(failures(manifest(), [field({ sum: "12.500000000000001" }), manifest().sums[1] ?? field()])).toEqual(
    [],
  );
});

test("a missing value, one too many, another sum and a lost window are named with their week", () => {
  const second = manifest().sums[1] ?? field();
  expect(failures(manifest(), [field({ values: "9" }), second])[0]?.why).toMatch(
    /celsius from 1970-01-01T00:00 to 1970-01-08T00:00: 1 value missing/,
  );
  expect(failures(manifest(), [field({ values: "12" }), second])[0]?.why).toMatch(/2 values too many/);
  expect(failures(manifest(), [field({ sum: "12.6" }), second])[0]?.why).toMatch(
    /the sum was 12\.5, is 12\.6/,
  );
  expect(failures(manifest(), [field()])[0]?.why).toMatch(
    /1970-01-08T00:00 to 1970-01-15T00:00: 3 values missing/,
  );
  expect(failures(manifest(), [])).toHaveLength(1);
});

test("integers are compared to their last digit, beyond what a number holds", () => {
  const m = manifest({ sums: [field({ sum: "9007199254740993" })] });
  expect(failures(m, [field({ sum: "9007199254740992" })])).toHaveLength(1);
  expect(failures(m, [field({ sum: "9007199254740993" })])).toEqual([]);
});

test("a measurement the backup does not know is red", () => {
  const extra = field({ measurement: "other" });
  expect(failures(manifest(), [...manifest().sums, extra])[0]?.name).toBe("points of autogen.other");
});

test("what its retention policy has outlived is left out and said; what it has not is still compared", () => {
  const m = manifest({ policies: [{ name: "autogen", duration: "168h0m0s" }] });
  const now = { now: Number((WEEK * 5n) / 2n / 1_000_000_000n), tombstones: 0 };
  const results = compareSums(m, [m.sums[1] ?? field()], now);
  expect(results.filter(({ result }) => result === "fail")).toEqual([]);
  expect(results.at(-1)).toMatchObject({ result: "not checked", found: "up to 10 in the backup" });
  expect(compareSums(m, [], now).some(({ result }) => result === "fail")).toBe(true);
});

test("points that come back because influxd leaves deletes out are explained", () => {
  const why = failures(manifest(), [field({ values: "12" }), manifest().sums[1] ?? field()], {
    ...NOW,
    tombstones: 1,
  })[0]?.why;
  expect(why).toMatch(/had been deleted shortly before the backup/);
});

test("what moved while the backup was taken is not checked, and no other measurement with it", () => {
  const m = manifest({ moving: ["autogen.temp"], sums: [field(), field({ measurement: "still" })] });
  const results = compareSums(
    m,
    [field({ values: "11" }), field({ measurement: "still", values: "9" })],
    NOW,
  );
  expect(results.map(({ name, result }) => `${name} ${result}`)).toEqual([
    "points of autogen.still fail",
    "points of autogen.temp not checked",
  ]);
});

test("durations are read as the server writes them", () => {
  expect(durationNs("0s")).toBe(0n);
  expect(durationNs("168h0m0s")).toBe(WEEK);
  expect(durationNs("1h30m5s")).toBe(5_405_000_000_000n);
});

const answer = (name: string, column: string, value: number) => ({
  series: [{ name, columns: ["time", column], values: [[0, value]] }],
});

test("answers are told apart although one statement may have several results, or none", () => {
  const [mark, none] = [{ series: [{ name: "databases", columns: ["name"], values: [["g"]] }] }, {}];
  const results = [
    mark,
    answer("a", "count_v", 2),
    answer("b", "count_v", 3),
    answer("a", "sum_v", 9),
    mark,
    none,
    none,
    mark,
    answer("a", "count_v", 1),
    none,
  ];
  expect(parseWindows(JSON.stringify({ results }))).toEqual([
    { window: 0, measurement: "a", field: "v", values: "2", sum: "9" },
    { window: 0, measurement: "b", field: "v", values: "3", sum: null },
    { window: 2, measurement: "a", field: "v", values: "1", sum: null },
  ]);
});

test("thousands of shards become a question the server still takes, and no stretch of time is left out", () => {
  const hour = 3_600_000;
  const at = (n: number): string => new Date(n * hour).toISOString().replace(".000", "");
  const shards = Array.from({ length: 5000 }, (_, n) => ({
    database: "g",
    policy: n % 2 === 0 ? "a" : "b",
    id: n,
    start: at(Math.floor(n / 2)),
    end: at(Math.floor(n / 2) + 1),
    expires: at(Math.floor(n / 2) + 1),
  }));
  const windows = windowsOf(shards, "g");
  expect(windows.length).toBeLessThanOrEqual(1002);
  const covered = windows.reduce((sum, { start, end }) => sum + BigInt(end) - BigInt(start), 0n);
  expect(covered).toBe(5000n * BigInt(hour) * 1_000_000n);
  expect(encodeURIComponent(windowStatements(windows, "1")).length).toBeLessThan(1_000_000);
});
