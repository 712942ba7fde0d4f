import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { join } from "node:path";

/**
 * Runs the server for as long as its standard input is open: it closes when the test process ends in whatever way,
 * and then the server is ended and the folder removed. `start` and `halt` come as lines, answers go back as lines.
 */
const SCRIPT = `
folder=$1; shift
server=
halt() { [ -z "$server" ] || { kill "-$1" "$server"; wait "$server"; server=; } 2>/dev/null; }
while read -r word signal; do
  case $word in
    start) "$@" </dev/null >>"$folder/server.log" 2>&1 & server=$!; echo started ;;
    halt) halt "$signal"; echo halted ;;
  esac
done
halt QUIT
rm -rf "$folder"
`;

export interface Supervisor {
  /** Resolves when the server accepts connections. */
  start(dataDir: string): Promise<void>;
  halt(how: "fast" | "immediate"): Promise<void>;
  stop(): Promise<void>;
}

export function openSupervisor(folder: string, server: string[]): Supervisor {
  // A session of its own: Ctrl-C at the test run must not end the shell before it has cleaned up.
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "sh", folder, ...server], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise<void>((done) => void shell.once("exit", () => done()));
  const answers = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const say = async (line: string): Promise<void> => {
    shell.stdin.write(`${line}\n`);
    await answers.next();
  };
  return {
    start: async (dataDir) => {
      await say("start");
      await untilReady(join(dataDir, "postmaster.pid"), join(folder, "server.log"));
    },
    halt: (how) => say(`halt ${how === "fast" ? "INT" : "QUIT"}`),
    stop: async () => {
      shell.stdin.end();
      await ended;
    },
  };
}

const READY = /\n(ready|standby) *\n/;

async function untilReady(pidFile: string, logFile: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const status = await readFile(pidFile, "utf8").catch(() => "");
    if (READY.test(status)) return;
    const log = await readFile(logFile, "utf8").catch(() => "");
    if (performance.now() > deadline || /FATAL: .*(configuration|could not|lock file)/.test(log))
      throw new Error(`the test server did not start:\n${log.slice(-3000)}`);
    await new Promise((again) => setTimeout(again, 15));
  }
}
