import { execa } from "execa";

/** Runs a program that needs the whole terminal (a shell, an editor) and waits for it. Returns its exit code, 1 for a signal. */
export async function runInForeground(
  argv: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<number> {
  const [program = "", ...rest] = argv;
  const result = await execa(program, rest, { env, extendEnv: false, cwd, stdio: "inherit", reject: false });
  return result.exitCode ?? 1;
}
