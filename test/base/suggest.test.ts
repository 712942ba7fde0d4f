import { expect, test } from "vitest";
import { parseSize } from "../../src/base/size.ts";
import { didYouMean, nearest } from "../../src/base/suggest.ts";

test.each([
  ["postgress", ["postgres", "mysql"], "postgres"],
  ["aks", ["stop", "ask", "continue"], "ask"],
  ["UTC", ["utc", "local"], "utc"],
  ["maintenance", ["maintenance-database", "database"], "maintenance-database"],
  ["x", ["y", "z"], undefined],
  ["mysql", ["postgres"], undefined],
  ["", ["a"], undefined],
  ["restore", [], undefined],
])("%s among %j means %s", (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

test("without a near word the choices are listed", () => {
  expect(didYouMean("zzz", ["swap", "replace"])).toBe("; expected one of swap, replace");
  expect(didYouMean("zzz", ["swap"])).toBe("; expected swap");
});

test.each([
  ["5MB", 5_000_000],
  ["1.5 GiB", 1_610_612_736],
  ["900", 900],
  ["10 kb", 10_000],
  ["5 apples", undefined],
  ["-1MB", undefined],
  ["", undefined],
])("the size %s is %s bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});
