import { spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";

export interface Logged {
  /** Gets all output, appended. */
  log: string;
  cwd?: string;
  /** Beside the environment of this process. */
  env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. Throws with the end of its output when it fails. */
export async function runLogged(argv: readonly string[], options: Logged): Promise<void> {
  const [program = "", ...args] = argv;
  await mkdir(dirname(options.log), { recursive: true });
  const log = await open(options.log, "a");
  await log.write(`$ ${argv.join(" ")}\n`);
  try {
    // The terminal stays: sudo may have to ask for a password.
    const child = spawn(program, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      stdio: ["inherit", log.fd, log.fd],
    });
    const ended = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(signal ?? `exit ${code}`));
    });
    if (ended !== "exit 0") throw new Error(`${program}: ${ended}\n${await lastLines(options.log)}`);
  } finally {
    await log.close();
  }
}

async function lastLines(file: string): Promise<string> {
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n").slice(-15);
  return [...lines, `(all of it: ${file})`].map((line) => `    ${line}`).join("\n");
}
