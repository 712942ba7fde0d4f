import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { join } from "node:path";

/**
 * Runs the server for as long as its standard input is open: it closes when the test process ends in whatever way,
 * and then the server is ended and the folder removed. `start` and `halt` come as lines, answers go back as lines.
 */
const SCRIPT = `
folder=$1 end=$2; shift 2
server=
start() { "$@" </dev/null >>"$folder/server.log" 2>&1 & server=$!; }
halt() { [ -z "$server" ] || { kill "-$1" "$server"; wait "$server"; server=; } 2>/dev/null; }
while read -r word signal; do
  case $word in
    start) start "$@"; echo started ;;
    halt) halt "$signal"; echo halted ;;
  esac
done
eval "$end"
rm -rf "$folder"
`;

export interface Supervised {
  argv: readonly string[];
  /** The test process's own when it is not given. */
  env?: Record<string, string>;
  /** Whether it answers; asked again until it does. To reject is to say no. */
  isReady(): Promise<boolean>;
  /** What is in its log when it will never answer. */
  gaveUp?: RegExp;
  /** Shell that ends it for good: has `halt SIGNAL`, `start "$@"`, $server (its pid, or empty) and $folder. */
  end?: string;
}

export interface Supervisor {
  /** Resolves when the server answers. */
  start(): Promise<void>;
  /** Sends the signal and resolves when the server has ended; the folder stays. */
  halt(signal: "INT" | "TERM" | "QUIT" | "KILL"): Promise<void>;
  /** What the server has printed. */
  log(): Promise<string>;
  /** Ends the server and removes the folder. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

/** For a server whose data and log lie in this folder. It is not started yet. */
export function openSupervisor(folder: string, server: Supervised): Supervisor {
  // A session of its own: Ctrl-C at the test run must not end the shell before it has cleaned up.
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "sh", folder, server.end ?? "halt KILL", ...server.argv], {
    cwd: "/",
    detached: true,
    env: server.env ?? process.env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  // One that was killed from outside has ended, which is what stop() waits for.
  shell.stdin.on("error", () => undefined);
  const ended = new Promise<void>((done) => void shell.once("exit", () => done()));
  const answers = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const say = async (line: string): Promise<void> => {
    shell.stdin.write(`${line}\n`);
    await answers.next();
  };
  const log = (): Promise<string> => readFile(join(folder, "server.log"), "utf8").catch(() => "");
  return {
    start: async () => {
      await say("start");
      await untilReady(server, log);
    },
    halt: (signal) => say(`halt ${signal}`),
    log,
    stop: async () => {
      shell.stdin.end();
      await ended;
    },
  };
}

async function untilReady({ argv, isReady, gaveUp }: Supervised, log: Supervisor["log"]): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isReady().catch(() => false))) {
    const said = await log();
    if (performance.now() > deadline || gaveUp?.test(said) === true)
      throw new Error(`the test server did not start: ${argv.join(" ")}\n${said.slice(-3000)}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}
