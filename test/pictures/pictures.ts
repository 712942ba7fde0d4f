/** `npm run pictures`: the README's pictures, taken of a real practice run in a real terminal of 80 × 24. */
import { spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { svgOf } from "./svg.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PATIENCE_MS = 60_000;

const home = mkdtempSync(join(tmpdir(), "lb-"));
const screen = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
const env = {
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  LIFEBOAT_HOME: home,
  LANG: "C.UTF-8",
  TERM: "xterm-256color",
};
const program = spawn(process.execPath, [join(ROOT, "bin", "lifeboat.js"), "practice"], {
  cols: 80,
  rows: 24,
  cwd: ROOT,
  env,
  name: "xterm-256color",
});
program.onData((data) => screen.write(data));
const ended = new Promise<number>((resolve) => program.onExit(({ exitCode }) => resolve(exitCode)));

function shown(): string {
  const { active } = screen.buffer;
  return Array.from(
    { length: screen.rows },
    (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "",
  ).join("\n");
}

async function waitFor(marker: RegExp): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!marker.test(shown())) {
    if (performance.now() > deadline) throw new Error(`never saw ${marker}:\n${shown()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function take(name: string, title: string): void {
  writeFileSync(join(import.meta.dirname, `${name}.svg`), svgOf(screen, title));
  console.log(`test/pictures/${name}.svg: ${title}`);
}

const DOWN = "\u001b[B";

async function press(marker: RegExp, ...keys: string[]): Promise<void> {
  await waitFor(marker);
  for (const key of keys) {
    program.write(key);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

try {
  await press(/Press enter to prepare/, "\r");
  await press(/How shall it be broken/, DOWN, DOWN, "\r");
  await press(/Now recover it/, "\r");
  await press(/which mode/, DOWN, DOWN, "\r");
  await press(/which backup/, "\r");
  await waitFor(/you lose/);
  take("plan", "The plan: target, backup, what is lost, what is kept, each step");
  await press(/you lose/, "g");
  await press(/To start, type the name/, ..."shop", "\r");
  await waitFor(/running +4/);
  take("run", "The run: steps, time against the objective, live output");
  await waitFor(/Type the name of the database/);
  take("gate", "The gate: what will happen, how to undo it, a name to type");
  await press(/Type the name of the database/, ..."shop", "\r");
  await waitFor(/RECOVERED[^]*close/);
  take("result", "The result: objectives, checks, where the old data is, how to go back");
  await press(/RECOVERED/, "q");
  const exit = await ended;
  if (exit !== 0) throw new Error(`the run ended with ${exit}`);
} finally {
  program.kill();
  rmSync(home, { recursive: true, force: true });
}
