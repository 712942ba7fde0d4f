import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addToCache } from "./cache.ts";
import type { NpmTool } from "./need.ts";
import { runLogged } from "./run-logged.ts";

/** Installs a program into a folder of its own: it is no dependency of the project. Its scripts are not run. */
export async function installNpm(tool: NpmTool, cache: string, log: string): Promise<void> {
  await addToCache(cache, tool, async (folder) => {
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
    const quiet = ["--no-audit", "--no-fund", "--ignore-scripts"];
    const argv = ["npm", "install", "--prefix", folder, ...quiet, `${tool.package}@${tool.version}`];
    await runLogged(argv, { log, cwd: folder });
    await runLogged([join(folder, "node_modules", ".bin", tool.program), "--version"], { log, cwd: folder });
  });
}
