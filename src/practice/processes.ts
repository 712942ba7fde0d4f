import { existsSync, readdirSync, readFileSync } from "node:fs";
import { kill } from "node:process";
import { isAlive } from "../base/processes.ts";
import type { Launch } from "../hosts/launcher.ts";
import { command } from "./must.ts";

const SERVER_PROGRAM = /^\S*\b(postgres|initdb|pg_ctl) /;

/** The server, or the initdb still making it, that was started with this data folder. Its command line proves it. */
export async function serversOf(dataDir: string, launch: Launch): Promise<number[]> {
  const lines = existsSync("/proc/self/cmdline") ? procLines() : await psLines(launch);
  const own = lines.filter(({ args }) => SERVER_PROGRAM.test(args) && ` ${args} `.includes(` ${dataDir} `));
  return own.map(({ pid }) => pid);
}

interface ProcessLine {
  pid: number;
  args: string;
}

function procLines(): ProcessLine[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), args: cmdline(name) }));
}

function cmdline(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

async function psLines(launch: Launch): Promise<ProcessLine[]> {
  const said = await launch(command(["ps", "-axww", "-o", "pid=,args="]), { effect: "reads" });
  return said.stdout.split("\n").map((line) => {
    const [, pid = "0", args = ""] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), args };
  });
}

/** Ends a server whose data is thrown away: QUIT skips the last checkpoint, then KILL. False when it survived even that. */
export async function endServer(pid: number, graceMs = 15_000): Promise<boolean> {
  for (const signal of ["SIGQUIT", "SIGKILL"] as const) {
    if (!isAlive(pid)) return true;
    try {
      kill(pid, signal);
    } catch {
      // Gone between the look and the signal, or not ours to end: the wait below tells which.
    }
    const deadline = performance.now() + graceMs;
    while (isAlive(pid) && performance.now() < deadline) await new Promise((again) => setTimeout(again, 20));
  }
  return !isAlive(pid);
}
