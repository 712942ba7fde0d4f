import { spawn } from "@lydell/node-pty";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, shellSeconds } from "./timing.ts";

const LIFEBOAT = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const ROUNDS = 7;

/** Seconds from the start of the program to its first frame in a real terminal. */
function firstFrame(env: Record<string, string>): Promise<number> {
  const started = performance.now();
  return new Promise((resolve) => {
    const terminal = spawn(process.execPath, [LIFEBOAT], { cols: 80, rows: 24, env, name: "xterm-256color" });
    let seen = "";
    let seconds: number | undefined;
    terminal.onData((data) => {
      seen += data;
      if (seconds !== undefined || !seen.includes("LIFEBOAT")) return;
      seconds = (performance.now() - started) / 1000;
      terminal.write("q");
    });
    terminal.onExit(() => resolve(seconds ?? Number.NaN));
  });
}

/** (d): how long one waits before there is something to read. */
export async function benchStart(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-bench-"));
  try {
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      LIFEBOAT_HOME: folder,
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
    };
    const [frames, lists, bare]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(shellSeconds(`${process.execPath} -e 0`, env));
      lists.push(shellSeconds(`${process.execPath} ${LIFEBOAT} list --json`, env));
      frames.push(await firstFrame(env));
    }
    const node = median(bare);
    const line = (name: string, values: number[]): string =>
      `${name.padEnd(46)} ${median(values).toFixed(2)} s / ${node.toFixed(2)} s = ${(median(values) / node).toFixed(1)}`;
    console.log(`(d) ${line("start to first frame, against node -e 0", frames)}`);
    console.log(`    ${line("lifeboat list --json, against node -e 0", lists)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
