import { execa } from "execa";

/** Runs a program that needs the whole terminal (a shell, an editor) and waits for it. Returns its exit code, 1 for a signal. */
export async function runInForeground(
  argv: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<number> {
  const [program = "", ...rest] = argv;
  const how = { env, extendEnv: false, cwd, reject: false } as const;
  // A program that is killed leaves the line mode as it had it, and every frame after it in a staircase.
  const before = await execa("stty", ["-g"], { ...how, stdin: "inherit" });
  try {
    return (await execa(program, rest, { ...how, stdio: "inherit" })).exitCode ?? 1;
  } finally {
    if (before.exitCode === 0) await execa("stty", [before.stdout.trim()], { ...how, stdin: "inherit" });
  }
}
