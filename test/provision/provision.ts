/**
 * `npm run provision [-- name…] [-- --dry-run]`: installs what the tests need and this machine does not have.
 * Debian packages, Go programs and npm programs are fetched side by side. Exit 1 when something could not be installed;
 * the rest is installed all the same.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../../src/base/errors.ts";
import { cacheFolder, isCached } from "./cache.ts";
import { installDebian } from "./install-debian.ts";
import { installGo } from "./install-go.ts";
import { installNpm } from "./install-npm.ts";
import { chooseNeeds, findMissing, isNothing, sayMissing, type Machine, type Missing } from "./missing.ts";
import { toolTitle } from "./need.ts";
import { NEEDS } from "./needs.ts";
import { findProgram } from "./programs.ts";

const cache = cacheFolder();
const machine: Machine = {
  hasProgram: (name) => findProgram(name) !== undefined,
  hasFile: existsSync,
  hasBuild: (tool) => isCached(cache, tool),
};

process.exitCode = await main().catch((error: unknown) => {
  console.error(messageOf(error));
  return 2;
});

async function main(): Promise<number> {
  const options = { "dry-run": { type: "boolean", default: false } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const needs = chooseNeeds(NEEDS, positionals);
  const missing = findMissing(needs, machine);
  if (isNothing(missing)) {
    console.log(`All programs for ${needs.map((need) => need.name).join(", ")} are there.`);
    return 0;
  }
  console.log(sayMissing(missing, cache).join("\n"));
  if (values["dry-run"]) return 0;
  const began = performance.now();
  const lanes = await Promise.all([debianLane(missing), goLane(missing), npmLane(missing)]);
  const failures = lanes.flat().filter((done) => !done).length;
  console.log(
    `${failures === 0 ? "All there" : `${failures} could not be installed`} after ${since(began)}.`,
  );
  return failures === 0 ? 0 : 1;
}

async function debianLane({ debian }: Missing): Promise<boolean[]> {
  if (debian.length === 0) return [];
  return [await timed(debian.map(toolTitle).join(", "), () => installDebian(debian, logOf("debian")))];
}

/** One after the other: each build uses both cores by itself. */
async function goLane({ go }: Missing): Promise<boolean[]> {
  const done: boolean[] = [];
  for (const tool of go) {
    done.push(await timed(toolTitle(tool), () => installGo(tool, cache, logOf(tool.program))));
  }
  return done;
}

async function npmLane({ npm }: Missing): Promise<boolean[]> {
  const done: boolean[] = [];
  for (const tool of npm) {
    done.push(await timed(toolTitle(tool), () => installNpm(tool, cache, logOf(tool.program))));
  }
  return done;
}

function logOf(name: string): string {
  return join(cache, "log", `${name}.log`);
}

async function timed(title: string, install: () => Promise<void>): Promise<boolean> {
  const began = performance.now();
  try {
    await install();
    console.log(`  ${title}: installed in ${since(began)}`);
    return true;
  } catch (error) {
    console.error(`  ${title}: NOT installed\n    ${messageOf(error)}`);
    return false;
  }
}

function since(began: number): string {
  return `${Math.round((performance.now() - began) / 1000)} s`;
}
