import { describe, expect, it } from "vitest";
import { LifeboatError } from "../../src/base/errors.ts";
import { errorText } from "../../src/output/error-text.ts";

describe("an error", () => {
  it("says what, where, why, changed and next, without control characters", () => {
    const error = new LifeboatError(20, {
      what: "the restore failed",
      where: "step 3",
      why: "\u001B[31mrelation exists\u0007",
      next: "look at output/beside.log",
    });
    expect(errorText(error)).toEqual([
      "lifeboat: the restore failed",
      "  where: step 3",
      "  why: relation exists^G",
      "  changed: nothing",
      "  next: look at output/beside.log",
    ]);
  });

  it("keeps further places apart from the next fact", () => {
    const error = new LifeboatError(10, { what: "2 variables are not set", where: "a.yaml:1:2\nb.yaml:3:4" });
    expect(errorText(error).slice(1)).toEqual([
      "  where: a.yaml:1:2",
      "    b.yaml:3:4",
      "  changed: nothing",
    ]);
  });

  it("that was not expected is called a bug and keeps its stack", () => {
    const lines = errorText(new TypeError("x is undefined"));
    expect(lines[0]).toBe("lifeboat: this is a bug in Lifeboat: x is undefined");
    expect(lines.some((line) => line.includes("error-text.test.ts"))).toBe(true);
    expect(errorText("just text")[0]).toContain("just text");
  });
});
