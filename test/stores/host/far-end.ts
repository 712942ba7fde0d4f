import { spawnSync } from "node:child_process";
import { mkdtemp, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "../../../src/step/command.ts";
import { farPlaceOf } from "../../../src/stores/host/far-place.ts";

/** A container, which nothing goes to: `ranThere` runs its commands on this machine. */
export const place = (() => {
  const hops = [{ via: "docker" as const, container: "db" }];
  const all = { id: "db", kind: "docker", words: "container db", hops, outer: [], services: {}, path: [] };
  const far = farPlaceOf(all);
  if (!far) throw new Error("not far");
  return far;
})();

/** A stand-in for the launcher: the far end is this machine. `input` is what comes through, whole or cut. */
export function ranThere(command: Command, input?: Buffer, env: Record<string, string> = {}) {
  const [program = "", ...words] = command.argv;
  const all = { PATH: "/usr/bin:/bin", ...env };
  const { status, stdout, stderr } = spawnSync(program, words, {
    input: input ?? "",
    env: all,
    maxBuffer: 1 << 28,
  });
  return { exit: status, stdout, stderr: String(stderr) };
}

/** In `folder`, a folder with the programs that the scripts need, but of those that make sums only the named ones. */
export async function binWith(folder: string, ...sums: string[]): Promise<string> {
  const bin = await mkdtemp(join(folder, "bin-"));
  for (const name of ["sh", "cat", "find", "wc", "cut", "uname", "id", "df", ...sums])
    await symlink(`/usr/bin/${name}`, join(bin, name));
  return bin;
}
