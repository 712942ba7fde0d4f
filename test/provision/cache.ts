import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { CachedTool } from "./need.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Where builds are kept; may be removed at any time. */
export function cacheFolder(env: Env = process.env): string {
  return join(env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache"), "lifeboat-test");
}

/** Links to the programs, by their names. */
export function cacheBin(cache: string): string {
  return join(cache, "bin");
}

/** The folder of a build below the cache. Anything that changes the build changes its name. */
export function buildName(tool: CachedTool): string {
  const digest = createHash("sha256").update(JSON.stringify(tool)).digest("hex").slice(0, 8);
  return `${tool.program}-${tool.version}-${digest}`;
}

function linkTarget(tool: CachedTool): string {
  const below = tool.from === "npm" ? join("node_modules", ".bin") : "";
  return join("..", "built", buildName(tool), below, tool.program);
}

/** Whether exactly this build is what the program's name leads to. */
export function isCached(cache: string, tool: CachedTool): boolean {
  const link = join(cacheBin(cache), tool.program);
  try {
    accessSync(link, constants.X_OK);
    return readlinkSync(link) === linkTarget(tool);
  } catch {
    return false;
  }
}

/** Runs a build in a new folder and gives it its name only when it is whole. Two at once do no harm. */
export async function addToCache(
  cache: string,
  tool: CachedTool,
  build: (folder: string) => Promise<void>,
): Promise<void> {
  const built = join(cache, "built");
  await mkdir(built, { recursive: true });
  await mkdir(cacheBin(cache), { recursive: true });
  const folder = await mkdtemp(join(built, ".unfinished-"));
  try {
    await build(folder);
    const named = join(built, buildName(tool));
    // Another process was faster: what has the name is whole, and is the same.
    await rename(folder, named).catch((error: unknown) => {
      if (!existsSync(named)) throw error;
    });
    await linkTo(cache, tool);
    if (!isCached(cache, tool)) throw new Error(`${named} is damaged: remove it and try again`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A link is replaced, never removed first: a test may be starting the program. */
async function linkTo(cache: string, tool: CachedTool): Promise<void> {
  const fresh = await mkdtemp(join(cacheBin(cache), ".link-"));
  await symlink(linkTarget(tool), join(fresh, tool.program));
  await rename(join(fresh, tool.program), join(cacheBin(cache), tool.program));
  await rm(fresh, { recursive: true });
}
