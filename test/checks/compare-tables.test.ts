import { expect, test } from "vitest";
import { compareTables } from "../../src/checks/compare-tables.ts";
import type { TableSum } from "../../src/checks/manifest.ts";

const sum = (rows: string, more: Partial<TableSum> = {}): TableSum => ({
  table: "public.orders",
  rows,
  sum: "123",
  method: "hash_record_extended",
  ...more,
});
const compared = (wanted: TableSum, found: TableSum[], level: "counts" | "content" = "content") =>
  compareTables([wanted], found, level);

test("the same rows and the same content are green, and both are said", () => {
  const results = compared(sum("1204"), [sum("1204")]);
  expect(results.map((r) => [r.level, r.result, r.found])).toEqual([
    ["counts", "pass", "1,204"],
    ["content", "pass", "123"],
  ]);
});

test.each<[string, TableSum, TableSum[], string]>([
  ["one row deleted", sum("1204"), [sum("1203")], "1 row missing"],
  ["one row too many", sum("1204"), [sum("1205")], "1 row too many"],
  ["all rows gone", sum("1204"), [sum("0")], "1,204 rows missing"],
  ["the data doubled", sum("300000"), [sum("600000")], "300,000 rows too many"],
  ["the table missing", sum("5"), [sum("5", { table: "public.users" })], "was not restored"],
  ["an empty table missing", sum("0"), [], "was not restored"],
  ["no number read, where 0 was expected", sum("0"), [sum("")], "no number of rows was read"],
  ["words instead of a number", sum("3"), [sum("ERROR")], "no number of rows was read"],
  ["no number in the manifest", sum(""), [sum("0")], "manifest gives no number"],
])("%s is red, and its content is not called right", (_what, wanted, found, why) => {
  const results = compared(wanted, found);
  expect(results).toHaveLength(1);
  expect(results[0]).toMatchObject({ level: "counts", result: "fail" });
  expect(results[0]?.why).toContain(why);
});

test("one changed value is red although the rows agree", () => {
  const [rows, content] = compared(sum("7"), [sum("7", { sum: "124" })]);
  expect([rows?.result, content?.result]).toEqual(["pass", "fail"]);
  expect(content?.why).toMatch(/at least one value/);
});

test.each<[string, TableSum]>([
  ["made in another way", sum("7", { method: "hashtextextended" })],
  ["not made at all", sum("7", { sum: "" })],
])("a sum %s is not checked, never passed", (_how, found) => {
  expect(compared(sum("7"), [found])[1]).toMatchObject({ level: "content", result: "not checked" });
  expect(compared(sum("7", { sum: "" }), [sum("7", { sum: "" })])[1]?.result).toBe("not checked");
});

test("numbers beyond 2^53 are compared exactly", () => {
  expect(compared(sum("9007199254740993"), [sum("9007199254740992")], "counts")[0]?.result).toBe("fail");
});

test("counts alone say nothing about content", () => {
  expect(compared(sum("7"), [sum("7", { sum: "x" })], "counts")).toHaveLength(1);
});

test("nothing wanted compares nothing, which the engine turns red", () => {
  expect(compareTables([], [sum("7")], "content")).toEqual([]);
});
