import { expect, test } from "vitest";
import { isOurs, restoreNames } from "../../../src/stores/mongodb/names.ts";

const of = (step: string, drill = false) => restoreNames("shop", { tag: "1120_070000_abcd", step, drill });

test("two restores of one run do not meet, and a drill has a database of its own", () => {
  const [usual, other] = [of("restore"), of("orders-only")];
  for (const key of ["copy", "kept", "between", "marks"] as const) expect(usual[key]).not.toBe(other[key]);
  expect(usual).toMatchObject({
    target: "shop",
    copy: "__restore_1120_070000_abcd",
    marks: "lifeboat__1120_070000_abcd",
  });
  expect(of("restore", true)).toMatchObject({ target: "shop__drill_1120_070000_abcd", copy: "" });
  expect(of("orders-only", true).target).not.toBe(of("restore", true).target);
});

test("what a run has made is told from what is the application's", () => {
  for (const step of ["restore", "orders-only"]) {
    const { copy, kept, between, marks } = of(step);
    for (const name of [`a${copy}`, `a${kept}`, `a${between}`, `a${between}_2`, marks])
      expect([name, isOurs(name)]).toEqual([name, true]);
  }
  for (const name of ["a", "a__before", "a__restore_me", "before_1120", "__restore_1120"])
    expect([name, isOurs(name)]).toEqual([name, false]);
});
