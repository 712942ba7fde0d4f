import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addToCache, buildName, cacheBin, cacheFolder, isCached } from "./cache.ts";
import type { GoTool } from "./need.ts";
import { findProgram, missingPrograms, provisionedPath } from "./programs.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "lifeboat-cache-"));
});
afterEach(() => rm(home, { recursive: true }));

const tool: GoTool = {
  from: "go",
  program: "cellard",
  module: "example.org/c",
  version: "v1.0.0",
  main: ".",
};
const says = (word: string) => async (folder: string) => {
  await writeFile(join(folder, "cellard"), `#!/bin/sh\necho ${word}\n`);
  await chmod(join(folder, "cellard"), 0o755);
};

test("a build that fails half way leaves nothing that looks like a program", async () => {
  const cache = cacheFolder({ XDG_CACHE_HOME: home });
  await expect(
    addToCache(cache, tool, async (folder) => {
      await says("half")(folder);
      throw new Error("no space");
    }),
  ).rejects.toThrow("no space");
  expect(isCached(cache, tool)).toBe(false);
  expect(await readdir(join(cache, "built"))).toEqual([]);
  expect(await readdir(cacheBin(cache))).toEqual([]);
});

test("a new version, or another way to build the same one, is not taken for the old build", async () => {
  const cache = cacheFolder({ XDG_CACHE_HOME: home });
  await addToCache(cache, tool, says("one"));
  expect(isCached(cache, tool)).toBe(true);
  const newer = { ...tool, version: "v1.0.1" };
  const edited = { ...tool, edits: [{ file: "main.go", from: "a", to: "b" }] };
  expect(new Set([tool, newer, edited].map(buildName)).size).toBe(3);
  expect([newer, edited].map((other) => isCached(cache, other))).toEqual([false, false]);
  await addToCache(cache, newer, says("two"));
  expect([newer, tool].map((other) => isCached(cache, other))).toEqual([true, false]);
});

test("two builds of the same program at once: both end well, one is kept, no litter", async () => {
  const cache = cacheFolder({ XDG_CACHE_HOME: home });
  await Promise.all([addToCache(cache, tool, says("one")), addToCache(cache, tool, says("two"))]);
  expect(isCached(cache, tool)).toBe(true);
  expect(await readdir(join(cache, "built"))).toEqual([buildName(tool)]);
  expect(await readdir(cacheBin(cache))).toEqual(["cellard"]);
});

test("tests start the pinned build, not the one on the operator's PATH", async () => {
  const env = { XDG_CACHE_HOME: home, PATH: "/opt/kim:/usr/bin" };
  await addToCache(cacheFolder(env), tool, says("one"));
  expect(findProgram("cellard", env)).toBe(join(home, "lifeboat-test", "bin", "cellard"));
  expect(provisionedPath(env).split(":").slice(0, 3)).toEqual([
    join(home, "lifeboat-test", "bin"),
    "/opt/kim",
    "/usr/bin",
  ]);
});

test("a server's folder is looked in although a user's PATH leaves it out", () => {
  expect(provisionedPath({ HOME: home, PATH: "/opt/kim" }).split(":")).toContain("/usr/sbin");
  expect(missingPrograms(["sh", "cellard"], { HOME: home, PATH: "" })).toEqual(["cellard"]);
});

test("an empty XDG_CACHE_HOME is none", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "", HOME: "/home/kim" })).toBe("/home/kim/.cache/lifeboat-test");
});
