import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startLifeboat } from "../helpers/lifeboat.ts";
import { RealTerminal } from "../tui/terminal.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const PATIENCE = 20_000;

let folder: string;
let env: Record<string, string>;
let terminal: RealTerminal | undefined;

beforeEach(async () => {
  folder = await mkdtemp("/tmp/lifeboat-keys-");
  env = { HOME: folder, LANG: "C.UTF-8", LIFEBOAT_HOME: join(folder, "home") };
});

afterEach(async () => {
  terminal?.end();
  await startLifeboat(["practice", "--remove"], {
    env: { ...env, PATH: process.env["PATH"] ?? "" },
    cwd: folder,
  }).ended;
  await rm(folder, { recursive: true, force: true });
});

/** From the first screen of `npm start` to the plan of a live run. */
async function upToThePlan(columns: number, rows: number): Promise<RealTerminal> {
  const screen = new RealTerminal(PROGRAM, ["practice"], columns, rows, env);
  terminal = screen;
  await screen.until(/enter/, PATIENCE);
  await screen.press("enter");
  await screen.until("How shall it be broken", PATIENCE);
  await screen.press("down", "down", "enter");
  await screen.until("It is broken", PATIENCE);
  await screen.press("enter");
  await screen.until("which mode", PATIENCE);
  await screen.press("down", "down", "enter");
  await screen.until("which backup", PATIENCE);
  await screen.press("enter");
  await screen.until(/you lose|go on/, PATIENCE);
  return screen;
}

test.each([
  [80, 24],
  [60, 16],
])("practice on %i columns and %i rows reaches a green result by keyboard alone", async (columns, rows) => {
  const screen = await upToThePlan(columns, rows);
  await screen.press("g");
  await screen.until("name:", PATIENCE);
  await screen.press(..."shop", "enter");
  await screen.until("Type the name of the database", PATIENCE);
  await screen.press(..."shop", "enter");
  await screen.until(/RECOVERED[^]*close/, PATIENCE);
  expect(screen.wrapped()).toEqual([]);
  await screen.press("q");
  expect(await screen.exited).toBe(0);
  const log = screen.all().join("\n");
  for (const step of ["Preflight", "Restore beside", "Verify against the manifest", "Swap"])
    expect(log).toContain(step);
  expect(log).toContain("report.md");
});

test("ctrl-c twice at the gate of the swap stops safely: the live database stays, the journal verifies", async () => {
  const screen = await upToThePlan(80, 24);
  await screen.press("g");
  await screen.until("name:", PATIENCE);
  await screen.press(..."shop", "enter");
  await screen.until("Type the name of the database", PATIENCE);
  await screen.press("ctrl-c");
  await screen.until(/stop/i);
  await screen.press("ctrl-c");
  await screen.until(/INTERRUPTED[^]*close/, PATIENCE);
  await screen.press("q");
  expect(await screen.exited).toBe(130);
  const [run = ""] = await readdir(join(folder, "home", "runs"));
  const report = await readFile(join(folder, "home", "runs", run, "report.md"), "utf8");
  expect(report).toContain("shop is as it was");
  const more = { env: { ...env, PATH: process.env["PATH"] ?? "" }, cwd: folder };
  expect((await startLifeboat(["transcript", "verify", run], more).ended).code).toBe(0);
});

test("kill -9 in the middle of the restore, then resume by keyboard: green, the journal verifies, the report tells of it", async () => {
  const killed = await upToThePlan(80, 24);
  await killed.press("g");
  await killed.until("name:", PATIENCE);
  await killed.press(..."shop", "enter");
  await killed.until(/running +4/, PATIENCE);
  killed.end();
  await killed.exited;

  const screen = new RealTerminal(PROGRAM, ["resume"], 80, 24, env);
  terminal = screen;
  await screen.until(/Restore beside[^]*(PARTLY|NOT DONE|DONE)[^]*go on/, PATIENCE);
  await screen.press("enter");
  await screen.until("type:", PATIENCE);
  await screen.press(..."shop", "enter");
  await screen.until("Type the name of the database", PATIENCE);
  await screen.press(..."shop", "enter");
  await screen.until(/RECOVERED[^]*close/, PATIENCE);
  await screen.press("q");
  expect(await screen.exited).toBe(0);

  const [run = ""] = await readdir(join(folder, "home", "runs"));
  const report = await readFile(join(folder, "home", "runs", run, "report.md"), "utf8");
  expect(report.toLowerCase()).toContain("interrupted");
  const more = { env: { ...env, PATH: process.env["PATH"] ?? "" }, cwd: folder };
  expect((await startLifeboat(["transcript", "verify", run], more).ended).code).toBe(0);
});
