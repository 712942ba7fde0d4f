import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runFolder, runIds } from "../../src/cli/run-folder.ts";
import { openWorld, type World } from "../../src/cli/world.ts";

let world: World;
beforeEach(() => {
  world = { ...openWorld(), home: mkdtempSync(join(tmpdir(), "lifeboat-runs-")) };
});
afterEach(() => rmSync(world.home, { recursive: true }));

function runWritten(id: string, seconds: number): string {
  const folder = join(world.home, "runs", id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plan.json"), "{}");
  utimesSync(join(folder, "plan.json"), seconds, seconds);
  return id;
}

test("of two runs that begin within one second the one whose plan was written last is the newest", () => {
  const drill = runWritten("20261120T115548-shop-lost-zzzz", 100.1);
  const live = runWritten("20261120T115548-shop-lost-aaaa", 100.7);
  // Copied here from another machine yesterday: its files are new, the run is not.
  const old = runWritten("20261119T115548-shop-lost-mmmm", 900);
  expect(runIds(world)).toEqual([live, drill, old]);
  expect(runFolder(world, "latest")).toBe(join(world.home, "runs", live));
});
