import { expect, test } from "vitest";
import { compareShape } from "../../src/checks/compare-shape.ts";
import type { ShapeObject } from "../../src/checks/manifest.ts";

const object = (kind: string, name: string, definition = "d"): ShapeObject => ({ kind, name, definition });
const SHAPE = [
  object("table", "public.orders", "id bigint not null"),
  object("table", "public.users", "id bigint not null"),
  object("index", "public.orders_at", "CREATE INDEX orders_at ON public.orders USING btree (at)"),
  object("extension", "postgis", "3.4.0"),
];
const bad = (found: ShapeObject[]) => compareShape(SHAPE, found).filter((result) => result.result !== "pass");

test("an equal shape is green, one line a kind, in any order", () => {
  const results = compareShape(SHAPE, SHAPE.toReversed());
  expect(results.map((r) => [r.name, r.result, r.level])).toEqual([
    ["table: all 2 there", "pass", "shape"],
    ["index: all 1 there", "pass", "shape"],
    ["extension: all 1 there", "pass", "shape"],
  ]);
});

test("an empty answer is red for every kind", () => {
  expect(bad([]).map((r) => [r.result, r.found])).toEqual([
    ["fail", "0"],
    ["fail", "0"],
    ["fail", "0"],
  ]);
});

test.each<[string, ShapeObject[], string]>([
  ["an index dropped", SHAPE.toSpliced(2, 1), "missing: public.orders_at"],
  [
    "a column changed",
    SHAPE.with(0, object("table", "public.orders", "id integer")),
    "different: public.orders (was id",
  ],
  ["an extension missing", SHAPE.slice(0, 3), "missing: postgis"],
  ["a table of another name", SHAPE.with(1, object("table", "public.user")), "missing: public.users"],
  ["a view in the table's place", SHAPE.with(1, object("view", "public.users")), "missing: public.users"],
])("%s is red and named", (_what, found, why) => {
  const [first] = bad(found);
  expect(first?.result).toBe("fail");
  expect(first?.why).toContain(why);
});

test("something besides is red: the copy was not empty before", () => {
  const extra = [object("table", "old.leftover"), ...SHAPE];
  expect(bad(extra)).toMatchObject([
    { name: "nothing besides", result: "fail", why: "not in the backup: table old.leftover" },
  ]);
});

test("another version of an extension is a warning only", () => {
  expect(bad(SHAPE.with(3, object("extension", "postgis", "3.5.0")))).toMatchObject([
    { result: "warning", why: "different: postgis (was 3.4.0, is 3.5.0)" },
  ]);
});

test("many missing objects do not fill the screen", () => {
  const many = Array.from({ length: 40 }, (_, at) => object("table", `t${at}`));
  expect(compareShape(many, [])[0]?.why).toBe("missing: t0, t1, t2, t3, t4 and 35 more");
});

test("nothing wanted and nothing found compares nothing, which the engine turns red", () => {
  expect(compareShape([], [])).toEqual([]);
  expect(compareShape([], SHAPE)[0]?.result).toBe("fail");
});
