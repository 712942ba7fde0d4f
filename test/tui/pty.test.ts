import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bundleFixture } from "./bundle.ts";
import { RealTerminal } from "./terminal.ts";

let folder: string;
let file: string;
let terminal: RealTerminal | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-tui-"));
  file = await bundleFixture(folder);
});
afterEach(() => terminal?.end());
afterAll(() => rm(folder, { recursive: true, force: true }));

function begin(scenario: object, columns: number, rows: number, env?: Record<string, string>): RealTerminal {
  terminal = new RealTerminal(file, scenario, columns, rows, env);
  return terminal;
}

/** What must hold on every screen, whatever it shows. */
function sound(screen: RealTerminal, rows: number, badge: string): void {
  expect(screen.wrapped()).toEqual([]);
  expect(screen.liveRows()).toBeLessThanOrEqual(rows - 1);
  expect(screen.badge()).toBe(badge);
}

describe.each([
  [80, 24],
  [60, 16],
  [40, 12],
  [100, 30],
])("at %i×%i", (columns, rows) => {
  it("keeps every screen within rows − 1, unwrapped, with its mode in reverse video", async () => {
    const screen = begin({ start: "live", extraSteps: 20, lines: 40 }, columns, rows);
    await screen.until("go on");
    sound(screen, rows, "LIVE");
    await screen.press("enter");
    await screen.until("step 1 of 27");
    sound(screen, rows, "LIVE");
    await screen.press("esc");
    // Not before the plan is back: an escape and what follows at once are one key to a terminal program.
    await screen.until("go on");
    await screen.press("?");
    await screen.until("Keys here");
    sound(screen, rows, "LIVE");
    await screen.press("?", "g");
    await screen.until("name: _");
    sound(screen, rows, "LIVE");
    await screen.press(..."plotzed", "enter");
    await screen.until("Say in #incident");
    sound(screen, rows, "LIVE");
    await screen.press("enter");
    await screen.until("THE RUN WAITS");
    sound(screen, rows, "LIVE");
    await screen.press("o");
    await screen.until("output of step");
    sound(screen, rows, "LIVE");
    await screen.press("ctrl-c");
    await screen.until("Stop safely?");
    sound(screen, rows, "LIVE");
    await screen.press("ctrl-c");
    await screen.until("INTERRUPTED");
    sound(screen, rows, "LIVE");
    await screen.press("enter");
    expect(await screen.exited).toBe(130);
  });
});

describe("the scrollback", () => {
  it("is a readable log afterwards: each step once, the result, nothing of the screens", async () => {
    const screen = begin({ start: "drill", extraSteps: 30, lines: 20 }, 80, 24);
    await screen.until("go on");
    await screen.press("g");
    await screen.until("Press enter to start");
    await screen.press("enter");
    await screen.until("Say in #incident");
    await screen.press("down", "enter");
    await screen.until("note, may be empty");
    await screen.press("enter");
    await screen.until("DRILL PASSED");
    await screen.press("enter");
    expect(await screen.exited).toBe(0);
    const log = screen.all().filter((line) => line !== "");
    expect(log[0]).toMatch(/^DRILL {2}plotzed \/ database-lost, 37 steps, run /);
    for (let table = 1; table <= 30; table += 1)
      expect(log.filter((line) => line.includes(`Look at table ${table}  `))).toHaveLength(1);
    const text = log.join("\n");
    expect(text).toMatch(/DRILL {2}plotzed \/ database-lost {2}DRILL PASSED\n/);
    expect(text).toContain("report.md");
    expect(log.at(-1)).toBe("exit 0");
    expect(text).not.toContain("? keys");
    expect(text).not.toMatch(/running|❯|──/);
  });

  it("holds the whole plan after p, long commands unbroken", async () => {
    const screen = begin({ start: "live" }, 60, 16);
    await screen.until("go on");
    await screen.press("p");
    await screen.until("go on");
    await expect.poll(() => screen.all().join("")).toContain("cd /srv/plotzed && npx prisma migrate deploy");
    expect(screen.raw).toContain(
      "pg_restore --jobs 2 --exit-on-error --dbname plotzed__restore_1120 /var/backups/daily/plotzed-daily-backup-2026-11-20T02-00-00.dump\r\n",
    );
  });

  it("is not harmed by a step that prints thousands of lines", async () => {
    const screen = begin({ start: "live", lines: 3000, paceMs: 0, hangAt: "beside 3000" }, 80, 24);
    await screen.until("go on");
    await screen.press("g");
    await screen.until("name: _");
    await screen.press(..."plotzed", "enter");
    await screen.until("output of 3, 3,000 lines");
    sound(screen, 24, "LIVE");
    expect(screen.all().filter((line) => line.includes("beside: line")).length).toBeLessThan(24);
  });
});

describe("a terminal that changes its size during a run", () => {
  it.each([
    [100, 30],
    [60, 16],
    [40, 12],
  ])("is drawn anew at %i×%i, unwrapped", async (columns, rows) => {
    const screen = begin({ start: "live", hangAt: "beside 3" }, 80, 24);
    await screen.until("go on");
    await screen.press("g");
    await screen.until("name: _");
    await screen.press(..."plotzed", "enter");
    await screen.until("output of 3, 3 lines");
    screen.resize(columns, rows);
    // Ctrl-C's question is the sign that a frame of the new size is drawn.
    await screen.press("ctrl-c");
    await screen.until("Stop safely?");
    await screen.press("esc");
    await screen.until("output of 3, 3 lines");
    expect(screen.liveRows()).toBeLessThanOrEqual(rows - 1);
    expect(screen.badge()).toBe("LIVE");
    const live = screen.screen().slice(-screen.liveRows() - 1);
    for (const line of live) expect(line.length).toBeLessThanOrEqual(columns);
    // What was finished before is still there, once, whatever the terminal did with the old frame.
    expect(screen.all().filter((line) => line.startsWith("  done       1  Is the data"))).toHaveLength(1);
  });
});

describe("what the terminal is told", () => {
  it("uses no colour at all when colour is refused, and still shows the mode", async () => {
    const screen = begin({ start: "live", plain: true, ascii: true }, 80, 24);
    const shown = await screen.until("go on");
    expect(shown).toContain("[LIVE]");
    expect(shown).toMatch(/ > {2}1 {2}reads/);
    // oxlint-disable-next-line no-control-regex -- looking for colour sequences is the point
    expect(screen.raw).not.toMatch(/\u001B\[[0-9;]*m/);
    // oxlint-disable-next-line no-control-regex -- everything but ASCII
    expect(shown).not.toMatch(/[^\u0000-\u007F]/);
  });

  it("uses words for a screen reader, no glyphs and no rules", async () => {
    const screen = begin({ start: "live", screenReader: true, hangAt: "beside 3" }, 80, 24);
    await screen.until("selected:");
    await screen.press("g");
    await screen.until("name:");
    await screen.press(..."plotzed", "enter");
    const shown = await screen.until("output of 3, 3 lines");
    expect(shown).toMatch(/selected: running +3 {2}Restore beside/);
    expect(shown).not.toMatch(/[❯▶✓█─]/);
    expect(shown).toContain("LIVE");
  });

  it("gets its cursor and its line mode back", async () => {
    const screen = begin({}, 80, 24);
    await screen.until("Which system?");
    await screen.press("q");
    expect(await screen.exited).toBe(0);
    expect(screen.raw.lastIndexOf("\u001B[?25h")).toBeGreaterThan(screen.raw.lastIndexOf("\u001B[?25l"));
    expect(screen.raw.lastIndexOf("\u001B[?2004l")).toBeGreaterThan(screen.raw.lastIndexOf("\u001B[?2004h"));
  });
});
