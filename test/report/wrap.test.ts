import { expect, test } from "vitest";
import { wrapProse } from "../../src/report/wrap.ts";

test("lines are broken between words, set in under their bullet, and code stays whole", () => {
  expect(wrapProse("one two three", "- ", 9)).toEqual(["- one two", "  three"]);
  expect(wrapProse("see `lifeboat undo x`, then", "", 8)).toEqual(["see", "`lifeboat undo x`,", "then"]);
});

test("nothing gives nothing, and a word longer than a line is not lost", () => {
  expect(wrapProse("", "- ")).toEqual([]);
  expect(wrapProse("abcdefghij", "", 4)).toEqual(["abcdefghij"]);
});
