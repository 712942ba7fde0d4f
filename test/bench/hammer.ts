import { spawn, type ChildProcess } from "node:child_process";
import type { BenchServer } from "./server.ts";

export interface Hammer {
  /** Ends it; the longest time without a successful answer, in seconds, and how many there were. */
  stop: () => Promise<{ outage: number; answers: number }>;
}

const CLIENTS = 2;

/** Clients that connect, ask and leave, as fast as they can, the way a web application behind a pool would retry. */
export function hammer(server: BenchServer, database: string): Hammer {
  const times: number[] = [];
  const started = performance.now();
  const loop = `while :; do psql -X -q -A -t -d ${database} -c "SELECT 'ok'" 2>/dev/null; done`;
  const children: ChildProcess[] = [];
  for (let i = 0; i < CLIENTS; i += 1) {
    const child = spawn("sh", ["-c", loop], {
      env: { ...server.env, PGCONNECT_TIMEOUT: "2" },
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    child.stdout?.on("data", () => times.push(performance.now()));
    children.push(child);
  }
  return {
    stop: async () => {
      const ended = performance.now();
      for (const child of children) {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
        await new Promise((resolve) => child.once("close", resolve));
      }
      let outage = 0;
      let before = started;
      for (const time of [...times, ended]) {
        outage = Math.max(outage, time - before);
        before = time;
      }
      return { outage: outage / 1000, answers: times.length };
    },
  };
}
