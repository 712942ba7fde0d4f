#!/usr/bin/env node
// Plain JavaScript that any Node can read: finds a Node new enough, a built program, and starts it.
import { spawn, spawnSync } from "node:child_process";
import * as module from "node:module";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NEEDED = [22, 13];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, "dist", "lifeboat.js");
const localNode = join(root, "node_modules", "node", "bin", "node");

function say(what, next) {
  process.stderr.write(`lifeboat: ${what}\nchanged: nothing\nnext: ${next}\n`);
  process.exit(2);
}

function newEnough() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return time;
}

/** A checkout has src beside dist; an installed package has only dist. */
function stale() {
  if (!existsSync(program)) return true;
  return existsSync(join(root, "src")) && newest(join(root, "src")) > statSync(program).mtimeMs;
}

function rerunWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  let terminalGone = false;
  // The child shares the terminal and gets these itself; this process only waits for its answer.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      terminalGone ||= signal === "SIGHUP";
      if (signal !== "SIGINT") child.kill(signal);
    });
  }
  child.on("error", (error) => say(`could not start ${node}: ${error.message}`, "run: npm ci"));
  child.on("exit", (code, signal) => {
    // Node aborts with a stack trace when it cannot give a terminal that is gone its settings back.
    if (terminalGone) process.kill(process.pid, "SIGKILL");
    else if (signal) process.kill(process.pid, signal);
    else process.exit(code ?? 1);
  });
}

if (!newEnough()) {
  if (process.env.LIFEBOAT_RERUN || !existsSync(localNode)) {
    say(
      `needs Node ${NEEDED.join(".")} or newer, this is ${process.versions.node}`,
      `run "npm ci" in ${root} (it brings a Node of its own), or install a newer Node`,
    );
  }
  process.env.LIFEBOAT_RERUN = "1";
  rerunWith(localNode);
} else {
  if (stale()) {
    const build = join(root, "bin", "build.ts");
    if (!existsSync(build) || !existsSync(join(root, "node_modules", "esbuild"))) {
      say("is not built and its build tools are not installed", `run "npm ci && npm run build" in ${root}`);
    }
    const made = spawnSync(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--experimental-strip-types", build],
      {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    if (made.status !== 0)
      say("could not be built; the messages above say why", `run "npm run build" in ${root}`);
  }
  process.env.NODE_ENV ??= "production";
  // Compiled code is kept by Node between starts: half the time to the first frame.
  module.enableCompileCache?.();
  await import(pathToFileURL(program).href);
}
