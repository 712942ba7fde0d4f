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
  folder = await mkdtemp(join(tmpdir(), "lifeboat-down-"));
  file = await bundleFixture(folder);
});
afterEach(() => terminal?.end());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A run whose second step waits for a decision; `script` has the terminal when a shell or an editor is chosen. */
async function deciding(script: string, columns = 80, rows = 24, more: object = {}): Promise<RealTerminal> {
  const scenario = { start: "run", decide: "artifact", program: script, ...more };
  terminal = new RealTerminal(file, scenario, columns, rows);
  await terminal.until("❯ retry");
  return terminal;
}

const SHELL = ["down", "down", "down", "down", "enter"];
const SKIP = ["down", "down", "down", "enter"];
const EDIT = ["down", "enter"];
const lines = (word: string): string[] =>
  Array.from({ length: 6 }, (_, at) => `${word} ${at}: ${"long ".repeat(15)}`);
const times = (screen: RealTerminal, text: string | RegExp): number =>
  screen.all().filter((line) => (typeof text === "string" ? line.includes(text) : text.test(line))).length;

describe("a program that needs the terminal", () => {
  it("gets every key that is typed, in line mode, from the first on, and the screens get none of them", async () => {
    const screen = await deciding(
      'printf "in the shell: "; read -r line; echo "<$line>"; read -r line; echo "<$line>"',
    );
    await screen.press(...SHELL);
    await screen.until("in the shell:");
    // The erase key is for the terminal's line mode; the q would leave the screens if they heard it.
    await screen.press(..."psql -lx", "\u007F", "enter", ..."q", "enter");
    await screen.until("Back from the shell.");
    expect(times(screen, "<psql -l>")).toBe(1);
    expect(times(screen, "<q>")).toBe(1);
    await screen.until("❯ retry");
    await screen.press("enter");
    await screen.until("Say in #incident");
  });

  it("sees a cursor and no bracketed paste, and the screens have both again afterwards", async () => {
    const screen = await deciding("echo now in it; read -r line; echo there");
    await screen.press(...SHELL);
    await screen.until("now in it");
    const before = screen.raw;
    expect(before.lastIndexOf("\u001B[?25h")).toBeGreaterThan(before.lastIndexOf("\u001B[?25l"));
    expect(before.lastIndexOf("\u001B[?2004l")).toBeGreaterThan(before.lastIndexOf("\u001B[?2004h"));
    await screen.press("enter");
    await screen.until("Back from the shell.");
    const after = screen.raw;
    expect(after.lastIndexOf("\u001B[?25l")).toBeGreaterThan(after.lastIndexOf("\u001B[?25h"));
    expect(after.lastIndexOf("\u001B[?2004h")).toBeGreaterThan(after.lastIndexOf("\u001B[?2004l"));
  });

  it("leaves what it printed in the scrollback, and nothing of the screens in between", async () => {
    const screen = await deciding("seq -f 'line %g of the shell' 1 100; printf 'no end of line'");
    await screen.press(...SHELL);
    await screen.until("Back from the shell.");
    const log = screen.all().filter((line) => line !== "");
    const from = log.indexOf("line 1 of the shell");
    expect(log.slice(from, from + 100)).toEqual(
      Array.from({ length: 100 }, (_, at) => `line ${at + 1} of the shell`),
    );
    expect(log[from + 100]?.trimEnd()).toBe("no end of line");
    expect(log[from + 101]).toContain("LIVE");
    expect(log.slice(0, from).join("\n")).not.toMatch(/❯|retry/);
    expect(times(screen, /^ {2}done {7}1 {2}Is the data/)).toBe(1);
    expect(times(screen, /^ {2}failed {5}2 {2}Backup is good/)).toBe(1);
  });

  it("that dies with the terminal in a mess leaves the screens readable", async () => {
    // The other screen, reverse video, mouse, no wrapping, a moved cursor: an editor that was killed.
    const mess = String.raw`printf '\033[?1049h\033[7m\033[?1000h\033[?7l\033[5;9H'; kill -9 $$`;
    const screen = await deciding(mess);
    await screen.press(...SHELL);
    await screen.until("Back from the shell.");
    expect(screen.liveRows()).toBeLessThanOrEqual(23);
    expect(screen.badge()).toBe("LIVE");
    expect(screen.modes()).toEqual({ alternate: false, mouse: "none", wraps: true });
    await screen.press("enter");
    await screen.until("Say in #incident");
    expect(times(screen, /^ {2}failed {5}2 {2}Backup is good/)).toBe(1);
  });

  it("may be opened again and again", async () => {
    const screen = await deciding("echo once more; read -r line");
    for (let time = 1; time <= 3; time += 1) {
      await screen.press(...SHELL);
      await expect.poll(() => times(screen, "once more")).toBe(time);
      await screen.press("enter");
      await screen.until("Back from the shell.");
    }
    expect(times(screen, /^ {2}done {7}1 {2}Is the data/)).toBe(1);
  });

  it("does not lose what is finished meanwhile", async () => {
    const screen = await deciding("echo now in it; read -r line", 80, 24, {
      noteMeanwhile: "the vendor calls back",
    });
    await screen.press(...SHELL);
    await screen.until("now in it");
    await screen.until("stopped from outside");
    await screen.press("enter");
    await screen.until("INTERRUPTED");
    await screen.press("enter");
    expect(await screen.exited).toBe(130);
    expect(times(screen, /^ {2}note +root: the vendor calls back/)).toBe(1);
  });

  it("may change the size of the terminal", async () => {
    const screen = await deciding("echo now in it; read -r line");
    await screen.press(...SHELL);
    await screen.until("now in it");
    screen.resize(60, 16);
    await screen.press("enter");
    await screen.until("Back from the shell.");
    expect(screen.liveRows()).toBeLessThanOrEqual(15);
    expect(screen.badge()).toBe("LIVE");
    await screen.press("ctrl-c");
    await screen.until("Stop safely?");
  });
});

describe.each([
  [80, 24],
  [60, 16],
  [40, 12],
])("deciding at %i×%i", (columns, rows) => {
  function sound(screen: RealTerminal): void {
    expect(screen.wrapped()).toEqual([]);
    expect(screen.liveRows()).toBeLessThanOrEqual(rows - 1);
    expect(screen.badge()).toBe("LIVE");
  }

  it("keeps every question within rows − 1, unwrapped, and the keys on the last line", async () => {
    const edited = Array.from({ length: 30 }, (_, at) => `psql -c 'SELECT ${at}, a long line of a command'`);
    const screen = await deciding("true", columns, rows, { edited: edited.join("\n") });
    sound(screen);
    expect(screen.screen().join("\n")).toMatch(/npx: exit 1/);
    expect(screen.screen().join("\n")).toMatch(/runs the step again/);
    await screen.press(...EDIT);
    await screen.until("reason, may be empty");
    sound(screen);
    expect(screen.screen().join("\n")).toMatch(/lines 1 to \d+ of/);
    await screen.press("esc");
    await screen.until("was not run");
    sound(screen);
    await screen.press(...SKIP);
    await screen.until("type: plotzed");
    sound(screen);
    await screen.press(..."plotzed", "enter");
    await screen.until("reason: _");
    sound(screen);
    await screen.press("esc");
    await screen.until("enter choose");
    await screen.press("i");
    await screen.until("lines 1 to");
    sound(screen);
    await screen.press("esc");
    await screen.until("enter choose");
    await screen.press("?");
    await screen.until("Keys here");
    sound(screen);
  });

  it("keeps resuming within rows − 1, unwrapped", async () => {
    const offer = { leftovers: lines("process"), differences: lines("file") };
    const screen = new RealTerminal(file, { start: "resume", offer }, columns, rows);
    terminal = screen;
    await screen.until("enter go on");
    sound(screen);
    await screen.press("enter");
    await screen.until("type: accept");
    sound(screen);
    await screen.press(..."accept", "enter");
    await screen.until(/what is\s+changed: plotzed/);
    sound(screen);
    await screen.press(..."plotzed", "enter");
    await screen.until("Say in #incident");
    sound(screen);
  });

  it("keeps a watched run within rows − 1, unwrapped", async () => {
    terminal = new RealTerminal(file, { start: "run", readOnly: true, extraSteps: 20 }, columns, rows);
    await terminal.until("waits for its operator");
    sound(terminal);
    await terminal.press("q");
    expect(await terminal.exited).toBe(0);
  });
});
