import { describe, expect, it } from "vitest";
import { KEYS, type Scope, SCOPE_TITLES } from "../../src/tui/key-table.ts";
import { actionFor, keyTableMarkdown, rowsOf } from "../../src/tui/keys.ts";
import { keysShown } from "../../src/tui/parts/key-line.tsx";

const scopes = Object.keys(SCOPE_TITLES).filter((name): name is Scope => name in KEYS);

describe.each(scopes)("the keys of %s", (scope) => {
  it("are not digits: a digit must never choose", () => {
    expect(
      rowsOf(scope)
        .flatMap((row) => row.keys)
        .filter((key) => /^\d$/.test(key)),
    ).toEqual([]);
  });

  it("each have a sentence for the help", () => {
    for (const row of rowsOf(scope)) expect(row.explains.length).toBeGreaterThan(8);
  });

  it("stand in the README's table", () => {
    for (const row of KEYS[scope]) expect(keyTableMarkdown()).toContain(row.explains);
  });

  it("fit on the bottom line of the narrowest screen, the most important first", () => {
    const actions = new Set(rowsOf(scope).map((row) => row.action));
    const shown = keysShown({ scope, actions }, 40, "up/down");
    const cells = shown.reduce((sum, row) => sum + row.label.length + 1 + row.does.length + 3, 1 - 3);
    expect(cells).toBeLessThanOrEqual(40 + 8);
    expect(shown[0]?.action).toBe(rowsOf(scope)[0]?.action);
  });
});

describe("a key", () => {
  it("does nothing that is not possible now", () => {
    expect(actionFor("list", "enter", new Set())).toBeUndefined();
    expect(actionFor("list", "enter", new Set(["choose"]))).toBe("choose");
  });

  it("is text while text is typed", () => {
    const all = new Set(rowsOf("list").map((row) => row.action));
    expect(actionFor("typed", "q", all)).toBeUndefined();
    expect(actionFor("typed", "?", all)).toBeUndefined();
  });

  it("has one meaning among those that can be possible together", () => {
    for (const scope of scopes) {
      const exclusive = new Set(["stop", "quit", "yes", "leave"]);
      const keys = rowsOf(scope)
        .filter((row) => !exclusive.has(row.action))
        .flatMap((row) => row.keys);
      expect(new Set(keys).size, scope).toBe(keys.length);
    }
  });
});
