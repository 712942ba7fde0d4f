import { describe, expect, it } from "vitest";
import { clean } from "../../src/base/clean.ts";

describe("clean", () => {
  it.each([
    ["\u001B[31mred\u001B[0m", "red"],
    ["\u001B]0;window title\u0007text", "text"],
    ["bell\u0007", "bell^G"],
    ["a\tb", "a  b"],
    ["over\rwrite", "over^Mwrite"],
    ["two\nlines", "two^Jlines"],
    ["\u009B2J", ""],
    ["del\u007F", "del^?"],
    ["abc\u202Edef", "abc<U+202E>def"],
    ["half \uD83D", "half \uFFFD"],
    ["データ ü 🙂", "データ ü 🙂"],
  ])("lets no control character of %j reach the terminal", (foreign, shown) => {
    expect(clean(foreign)).toBe(shown);
  });
});
