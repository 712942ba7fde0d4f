import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { onPath } from "../../src/practice/server-programs.ts";
import { cacheBin, cacheFolder } from "./cache.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** PATH for whatever a test starts: the cache first, the operator's own, then where Debian puts servers. */
export function provisionedPath(env: Env = process.env): string {
  const own = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const all = [cacheBin(cacheFolder(env)), ...own, "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  return [...new Set(all)].join(delimiter);
}

/** The file of a program, or nothing when this machine does not have it. */
export function findProgram(name: string, env: Env = process.env): string | undefined {
  return onPath(name, [provisionedPath(env), ...postgresFolders()].join(delimiter));
}

/** Those of the programs that this machine does not have. */
export function missingPrograms(names: readonly string[], env: Env = process.env): string[] {
  return names.filter((name) => findProgram(name, env) === undefined);
}

/** Debian keeps PostgreSQL's server programs off PATH, one folder for each version. */
function postgresFolders(): string[] {
  const parent = "/usr/lib/postgresql";
  try {
    return readdirSync(parent).map((version) => join(parent, version, "bin"));
  } catch {
    return [];
  }
}
