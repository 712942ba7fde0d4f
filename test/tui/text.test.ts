import { describe, expect, it } from "vitest";
import {
  cell,
  cutEnd,
  cutMiddle,
  fitSpans,
  type Span,
  width,
  wrapExact,
  wrapProse,
} from "../../src/tui/text.ts";

const joined = (spans: readonly Span[]): string =>
  spans.map((span) => (typeof span === "string" ? span : span.text)).join("");

describe("cutting", () => {
  it("counts wide characters as the terminal does", () => {
    expect(width(cutEnd("データベース", 7, "…"))).toBeLessThanOrEqual(7);
    expect(width(cell("データ", 8, "…"))).toBe(8);
    expect(width(cell("データ", 5, "…"))).toBe(5);
  });

  it("keeps both ends of a command", () => {
    const cut = cutMiddle("pg_restore --jobs 2 --dbname plotzed /var/backups/x.dump", 30, "…");
    expect(cut).toMatch(/^pg_restore.*….*x\.dump$/);
    expect(width(cut)).toBe(30);
  });

  it("never makes a line longer than the screen, whatever the pieces", () => {
    const spans: Span[] = ["abc", { text: "データベース", tone: "good" }, "def\u0007", "end"];
    for (let columns = 1; columns < 25; columns += 1)
      expect(width(joined(fitSpans(spans, columns, "…")))).toBeLessThanOrEqual(columns);
    expect(joined(fitSpans(spans, 30, "…"))).toBe("abcデータベースdef^Gend");
  });

  it("says that something was cut, also when the cut falls between two pieces", () => {
    expect(joined(fitSpans(["abcd", "efgh"], 4, "…"))).toBe("abc…");
    expect(joined(fitSpans(["abcd", "efgh"], 5, "…"))).toBe("abcd…");
    expect(joined(fitSpans(["abcd", "efgh"], 8, "…"))).toBe("abcdefgh");
  });
});

describe("wrapping", () => {
  it("loses no character of a command", () => {
    const command = "psql -d 'データ' -c 'SELECT 1' ".repeat(5);
    const parts = wrapExact(command, 17);
    expect(parts.join("")).toBe(command);
    for (const part of parts) expect(width(part)).toBeLessThanOrEqual(17);
  });

  it("breaks prose at spaces and a word longer than the line hard", () => {
    expect(wrapProse("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapProse("/a/very/long/path", 6)).toEqual(["/a/ver", "y/long", "/path"]);
  });
});
