import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "bin", "lifeboat.js");

export interface Ran {
  /** null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
  ms: number;
}

export interface Running {
  pid: number;
  /** Everything printed so far, both streams. */
  said(): string;
  /** Resolves as soon as the output matches; rejects when the program ends without. */
  until(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<Ran>;
}

export interface StartHow {
  env: Record<string, string>;
  cwd: string;
  /** Goes before the argv, e.g. ["unshare", "-m", …]. */
  prefix?: string[];
}

/** Starts the real, built program without a terminal. */
export function startLifeboat(args: readonly string[], { env, cwd, prefix = [] }: StartHow): Running {
  const [program = "", ...rest] = [...prefix, process.execPath, PROGRAM, ...args];
  const started = performance.now();
  const child = spawn(program, rest, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  const watchers = new Set<() => void>();
  const told = (): void => watchers.forEach((look) => look());
  child.stdout.setEncoding("utf8").on("data", (text: string) => ((stdout += text), told()));
  child.stderr.setEncoding("utf8").on("data", (text: string) => ((stderr += text), told()));
  const ended = new Promise<Ran>((done, failed) => {
    child.once("error", failed);
    child.once("close", (code) => done({ code, stdout, stderr, ms: performance.now() - started }));
  });
  const said = (): string => stdout + stderr;
  return {
    pid: child.pid ?? -1,
    said,
    kill: (signal) => void child.kill(signal),
    ended,
    until: (pattern) =>
      new Promise((seen, failed) => {
        const look = (): void => {
          if (!pattern.test(said())) return;
          watchers.delete(look);
          seen();
        };
        watchers.add(look);
        void ended.then(() => failed(new Error(`ended without ${pattern}:\n${said()}`)), failed);
        look();
      }),
  };
}
