import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate } from "../helpers/estate.ts";
import { RealTerminal } from "../tui/terminal.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const PATIENCE = 20_000;

let estate: Estate;
let flag: string;
let terminal: RealTerminal | undefined;

beforeAll(async () => {
  estate = await openEstate();
  flag = join(estate.folder, "flag");
  const fails = `[ -e '${flag}' ] || { echo 'no flag here' >&2; exit 3; }; echo fine`;
  await estate.writeRunbook(
    "flag",
    `title: Flag\nscenario: a step fails\nsteps:\n  - { id: look, title: Look for the flag, kind: command, effect: reversible, optional: nothing is missing without it, run: [sh, -c, ${JSON.stringify(fails)}] }\n  - { id: after, title: After it, kind: command, effect: reads, run: [echo, after] }\n`,
  );
});
afterEach(() => terminal?.end());
afterAll(() => estate?.stop());

/** A live run on the screen, up to its first decision. */
async function upToTheDecision(env: Record<string, string> = {}): Promise<RealTerminal> {
  const args = ["run", "shop", "flag", "--live"];
  terminal = new RealTerminal(PROGRAM, args, 80, 24, { LANG: "C.UTF-8", ...estate.env, ...env });
  await terminal.until("go on", PATIENCE);
  await terminal.press("g");
  await terminal.until("name: _", PATIENCE);
  await terminal.press(..."shop", "enter");
  await terminal.until("❯ retry", PATIENCE);
  return terminal;
}

async function program(name: string, script: string): Promise<string> {
  const path = join(estate.folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const downs = (count: number): string[] => Array.from({ length: count }, () => "down");

async function newestReport(): Promise<string> {
  const [run = ""] = await estate.runs();
  return readFile(join(estate.home, "runs", run, "report.md"), "utf8");
}

test("what is typed in the shell beside a failed step is recorded, repairs it, and the step is tried again", async () => {
  const screen = await upToTheDecision({ SHELL: "/bin/sh", PS1: "beside$ " });
  expect(screen.screen().join("\n")).toContain("no flag here");
  await screen.press(...downs(4), "enter");
  await screen.until("beside$", PATIENCE);
  await screen.press(...`touch ${flag}`, "enter", ..."exit", "enter");
  await screen.until("Back from the shell.", PATIENCE);
  await screen.press("enter");
  await screen.until("exit 23", PATIENCE);
  await screen.press("q");
  expect(await screen.exited).toBe(23);
  const [run = ""] = await estate.runs();
  const output = join(estate.home, "runs", run, "output");
  const record = (await readdir(output)).find((name) => name.startsWith("shell")) ?? "";
  expect(await readFile(join(output, record), "utf8")).toContain(`touch ${flag}`);
});

test("an edited command is shown, run, and a deviation in the report", async () => {
  const editor = await program("editor.sh", `echo 'touch ${flag}.made; echo fine' > "$1"`);
  await rm(flag, { force: true });
  const screen = await upToTheDecision({ EDITOR: editor, VISUAL: "" });
  await screen.press("down", "enter");
  await screen.until("reason, may be empty", PATIENCE);
  expect(screen.screen().join("\n")).toMatch(/ - \[ -e .*\n[^]* \+ touch /);
  await screen.press(..."by hand", "enter");
  await screen.until("exit 23", PATIENCE);
  await screen.press("q");
  expect(await screen.exited).toBe(23);
  expect(await newestReport()).toContain("by hand");
});

test("a step skipped with a reason is a deviation, and the run goes on", async () => {
  const screen = await upToTheDecision();
  await screen.press(...downs(3), "enter");
  await screen.until("reason: _", PATIENCE);
  await screen.press(..."the vendor says so", "enter");
  await screen.until("exit 23", PATIENCE);
  await screen.press("q");
  expect(await screen.exited).toBe(23);
  const log = screen.all().join("\n");
  expect(log).toMatch(/decided +\d+ {2}Look for the flag: skip, because: the vendor says so/);
  expect(log).toMatch(/done +\d+ {2}After it/);
  expect(await newestReport()).toContain("the vendor says so");
});

test("a run that was left is taken up again from the screens", async () => {
  const screen = await upToTheDecision();
  await screen.press(...downs(6), "enter");
  await screen.until(/exit \d+/, PATIENCE);
  await screen.press("q");
  await screen.exited;
  const [run = ""] = await estate.runs();
  await writeFile(flag, "");
  const again = new RealTerminal(PROGRAM, ["resume", run], 80, 24, { LANG: "C.UTF-8", ...estate.env });
  screen.end();
  terminal = again;
  await again.until("it stands", PATIENCE);
  await again.press("enter");
  await again.until("type: _", PATIENCE);
  await again.press(..."shop", "enter");
  await again.until(/DONE[^]*close/, PATIENCE);
  await again.press("q");
  expect(await again.exited).toBe(0);
  const log = again.all().join("\n");
  expect(log).toMatch(
    /decided +1 {2}Look for the flag: leave\n[^]*interrupted +\d\d:\d\d to [^]*done +1 {2}Look/,
  );
});

test("a second terminal watches the run and leaves it alone", async () => {
  await rm(flag, { force: true });
  const screen = await upToTheDecision();
  const [run = ""] = await estate.runs();
  const watcher = new RealTerminal(PROGRAM, ["watch", run], 80, 24, { LANG: "C.UTF-8", ...estate.env });
  try {
    await watcher.until("It waits for its operator: Look for the flag FAILED", PATIENCE);
    expect(watcher.screen().join("\n")).toMatch(/WATCHING: \S+@\S+, pid \d+, runs it/);
    await watcher.press("g", "ctrl-c");
    expect(await watcher.exited).toBe(130);
  } finally {
    watcher.end();
  }
  await screen.press("enter");
  await screen.until(/waits 0:0[01][^]*❯ retry/, PATIENCE);
  await screen.press("ctrl-c", "ctrl-c");
  await screen.until("INTERRUPTED", PATIENCE);
});

test("ctrl-c in an editor ends the editor, not the run", async () => {
  const editor = await program("editor-that-waits.sh", "echo editing; exec sleep 60");
  const screen = await upToTheDecision({ EDITOR: editor, VISUAL: "" });
  await screen.press("down", "enter");
  await screen.until("editing", PATIENCE);
  await screen.press("ctrl-c");
  await screen.until("Nothing was changed, nothing is run.", PATIENCE);
  await screen.press("ctrl-c", "ctrl-c");
  await screen.until("INTERRUPTED", PATIENCE);
});

/** A key pressed in the instant in which the screens come back may be lost; a person presses it again. */
async function pressUntil(screen: RealTerminal, key: string, shown: RegExp): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    await screen.press(key);
    const seen = await screen.until(shown, 1_000).catch(() => undefined);
    if (seen !== undefined) return;
  }
  throw new Error(`never showed ${shown}:\n${screen.screen().join("\n")}`);
}

test("a shell that is killed leaves neither the screens nor the terminal in a mess", async () => {
  const screen = await upToTheDecision({ SHELL: await program("mess.sh", "stty raw -echo; kill -9 $PPID") });
  await screen.press(...downs(4), "enter");
  await screen.until("❯ retry", PATIENCE);
  expect(screen.badge()).toBe("LIVE");
  await pressUntil(screen, "ctrl-c", /Stop|stop safely|INTERRUPTED/);
  await pressUntil(screen, "ctrl-c", /INTERRUPTED/);
});
