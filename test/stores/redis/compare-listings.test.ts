import { expect, test } from "vitest";
import { compareListings } from "../../../src/stores/redis/compare-listings.ts";
import { type Listing, parseListing } from "../../../src/stores/redis/listing.ts";

const NOW = 1_800_000_000;
const LATER = (NOW + 100) * 1000;
const EARLIER = (NOW - 100) * 1000;

interface Key {
  type?: string;
  at?: number;
  sum?: string;
}

/** As the script prints it: 0 is database 0, keys by name. */
function listing(
  keys: Record<string, Key>,
  sums: Record<string, string> = {},
  all?: [number, number],
): Listing {
  const entries = Object.entries(keys);
  const lines = entries.map(
    ([name, { type = "string", at = -1, sum = "aa" }]) => `0\tk\t${type}\t${at}\t${sum}\t${name}`,
  );
  const expiring = entries.filter(([, { at = -1 }]) => at !== -1).length;
  const [size, ttl] = all ?? [entries.length, expiring];
  const types = Object.entries(sums).map(([type, sum]) => `0\tt\t${type}\t${size}\t${size - ttl}\t${sum}`);
  return parseListing([...lines, ...types, `0\t=\t${size}\t${ttl}`, `now\t${NOW}`, ""].join("\n"));
}

const failures = (expected: Listing, found: Listing): string[] =>
  compareListings(expected, found).flatMap(({ result, why }) =>
    result === "pass" ? [] : [`${result}: ${why}`],
  );

test("what is the same is green, and says how much was compared", () => {
  const both = listing({ a: {}, b: { at: LATER } }, { string: "7" });
  expect(failures(both, both)).toEqual([]);
  expect(compareListings(both, both).find(({ level }) => level === "content")?.found).toBe(
    "2 of 2 read one by one",
  );
});

test("a key with a TTL may be gone when its time is over, and only then", () => {
  const expected = listing({ a: {}, over: { at: EARLIER } });
  expect(failures(expected, listing({ a: {} }))).toEqual([]);
  const early = failures(listing({ a: {}, soon: { at: LATER } }), listing({ a: {} }));
  expect(early).toEqual(["fail: database 0: soon (missing)"]);
});

test.each([
  ["a missing key", { b: {} }, /1 missing in database 0: a \(missing\)/],
  ["a key too many", { a: {}, b: {}, c: {} }, /1 too many in database 0: c \(not in the backup\)/],
  ["a changed value", { a: {}, b: { sum: "ab" } }, /b \(another value\)/],
  ["another type", { a: {}, b: { type: "list" } }, /b \(a list and no string\)/],
  ["a TTL that was not there", { a: {}, b: { at: LATER } }, /b \(it has a TTL now\)/],
])("%s is red and is named", (_, found: Record<string, Key>, says) => {
  expect(failures(listing({ a: {}, b: {} }), listing(found)).join("\n")).toMatch(says);
});

test("a TTL that is gone is red, although the key is there", () => {
  expect(failures(listing({ a: { at: LATER } }), listing({ a: {} })).join("\n")).toMatch(
    /a \(its TTL is gone\)/,
  );
});

test("a value outside of the listed keys is told by its sum", () => {
  const [expected, found] = [
    listing({ a: {} }, { string: "7" }, [50, 0]),
    listing({ a: {} }, { string: "8" }, [50, 0]),
  ];
  expect(failures(expected, found).join("\n")).toMatch(
    /at least one value of type string is not what was backed up/,
  );
});

test("a database that came back empty is red", () => {
  expect(failures(listing({ a: {} }), { databases: new Map(), now: NOW * 1000 }).join("\n")).toMatch(
    /1 missing/,
  );
});

test("without sums or keys on one side values are not checked, never green", () => {
  const nothing = listing({}, {}, [3, 0]);
  expect(failures(nothing, listing({ a: {}, b: {}, c: {} }))).toEqual([
    "not checked: neither values nor sums of them are known on both sides",
  ]);
});

test("a value that was not read on one side is not compared, its key is", () => {
  const expected = listing({ a: {}, b: {} });
  expect(failures(expected, listing({ a: {}, b: { sum: "-" } }))).toEqual([]);
  expect(failures(expected, listing({ a: { sum: "-" }, b: { sum: "-" } })).join()).toMatch(/^not checked/);
  expect(failures(expected, listing({ a: {}, c: { sum: "-" } })).join()).toMatch(/b \(missing\)/);
});

test("a list that was cut off is no list", () => {
  expect(() => parseListing("0\tk\tstring\t-1\taa\ta\n")).toThrow(/cut off/);
});
