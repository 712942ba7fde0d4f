import { describe, expect, it } from "vitest";
import { RunFeed } from "../../src/journal/feed.ts";
import { bodyOf } from "../../src/tui/hooks/use-body.ts";
import { cursorAfter, windowOf } from "../../src/tui/list.ts";
import { clockLine, remainingMs, silence } from "../../src/tui/run-clock.ts";
import { focusOf, wordOf } from "../../src/tui/run-lines.ts";
import { Scrollback } from "../../src/tui/scrollback.ts";
import { moved, shown, type Stack } from "../../src/tui/stack.ts";
import { table } from "../../src/tui/table.ts";
import { makeTheme } from "../../src/tui/theme.ts";
import { fakePlan } from "./fake-plan.ts";
import { NOW } from "./fake-services.ts";

describe("a list", () => {
  it("keeps the marked line in view and never shows more than fits", () => {
    for (let cursor = 0; cursor < 40; cursor += 1) {
      const { from, to } = windowOf(40, cursor, 7);
      expect(to - from).toBe(7);
      expect(cursor >= from && cursor < to).toBe(true);
    }
  });

  it("stops at its ends instead of going round", () => {
    expect(cursorAfter("up", 0, 5, 3)).toBe(0);
    expect(cursorAfter("down", 4, 5, 3)).toBe(4);
    expect(cursorAfter("pagedown", 1, 5, 3)).toBe(4);
    expect(cursorAfter("down", 0, 0, 3)).toBe(0);
  });
});

describe("the way back", () => {
  it("skips waits and does not lead from a run into its menus", () => {
    const home: Stack = [{ kind: "home" }];
    const plan = fakePlan("live");
    const planning = moved(home, {
      type: "go",
      screen: { kind: "planning", choice: { system: "s", runbook: "r", mode: "live", backup: "b" } },
    });
    const planned = moved(planning, { type: "replace", screen: { kind: "plan", plan } });
    expect(shown(moved(planned, { type: "back" })).kind).toBe("home");
    const started = moved(planned, { type: "restart", screen: { kind: "starting", plan } });
    expect(shown(moved(started, { type: "back" })).kind).toBe("starting");
  });
});

describe("a table", () => {
  const spec = [
    { title: "name", gives: 0, flexible: true },
    { title: "size", gives: 1, align: "right" },
    { title: "note", gives: 2 },
  ] as const;
  const cells = [
    ["a-very-long-name-of-a-backup", "318 MB", "something"],
    ["b", "2 MB", ""],
  ];

  it("is never wider than the screen, and gives up its least important column first", () => {
    for (const columns of [80, 40, 30, 20]) {
      const drawn = table(spec, cells, columns, "…");
      for (const line of [drawn.head, ...drawn.rows]) expect(line.length).toBeLessThanOrEqual(columns);
    }
    expect(table(spec, cells, 20, "…").head).not.toContain("note");
    expect(table(spec, cells, 80, "…").rows[0]).toBe("a-very-long-name-of-a-backup  318 MB  something");
  });
});

describe("room", () => {
  it("leaves a row free at every size, so that nothing scrolls", () => {
    for (let rows = 4; rows < 60; rows += 1) {
      const body = bodyOf(80, rows);
      expect(body.rows + (body.airy ? 4 : 2)).toBeLessThanOrEqual(rows - 1);
    }
  });
});

describe("the clock of a run", () => {
  const plan = fakePlan("live");
  const theme = makeTheme({ unicode: true, colour: false });
  const feed = new RunFeed(() => NOW.getTime());
  feed.event({
    type: "run.opened",
    version: 1,
    run: "r",
    system: "s",
    runbook: "r",
    title: "t",
    mode: "live",
    plan: "p",
    operator: "o",
    machine: "m",
    pid: 1,
    pidStarted: "",
    lifeboat: "0",
    seq: 1,
    at: NOW.toISOString(),
    mono: 0,
    prev: "",
  });
  const { state } = feed.snapshot();

  it("fits every width", () => {
    for (let columns = 40; columns < 120; columns += 1) {
      const text = clockLine(plan, state, NOW, columns, theme)
        .map((span) => (typeof span === "string" ? span : span.text))
        .join("");
      expect(text.length).toBeLessThanOrEqual(columns);
      expect(text).toContain("in hand");
    }
  });

  it("adds up what is left, and says nothing where nothing is known", () => {
    expect(remainingMs(plan, state, NOW)).toBe(192_000);
    const steps = plan.steps.map((step) => {
      const copy = { ...step };
      delete copy.expectedMs;
      return copy;
    });
    const unknown = { ...plan, steps };
    expect(remainingMs(unknown, state, NOW)).toBeUndefined();
  });

  it("shows silence only when there is some", () => {
    expect(silence(3000, 300_000)).toBe("");
    expect(silence(90_000, 300_000)).toBe("no output for 1 min 30 s, limit 5 min");
  });

  it("looks at the first step before anything runs, and calls it next", () => {
    expect(focusOf(plan, feed.snapshot())).toBe(0);
    expect(wordOf(plan, feed.snapshot(), 0)).toBe("next");
    expect(wordOf(plan, feed.snapshot(), 1)).toBe("waiting");
  });
});

describe("the scrollback", () => {
  it("takes a line once, however often the same state is folded", () => {
    const scrollback = new Scrollback();
    scrollback.append([{ key: "a", spans: ["a"] }]);
    scrollback.append([
      { key: "a", spans: ["a"] },
      { key: "b", spans: ["b"] },
    ]);
    expect(scrollback.snapshot().map((line) => line.key)).toEqual(["a", "b"]);
  });
});
