import { type ChildProcess, spawn } from "node:child_process";
import { chmod } from "node:fs/promises";
import type { StandInCluster } from "./kubectl-stand-in.ts";

/** What runs in the pods of a workload: a program of this machine, given the pod's folder. */
export type PodServer = (world: string) => { argv: string[]; env?: Record<string, string> };

export interface PodServers {
  /** Waits until the server of a workload, or all of them, has ended. */
  gone(workload?: string): Promise<void>;
  /** Ends all of them. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

/** The server ends with its standard input, that is with the test process; INT is what all of them end well on. */
const HELD = `exec 3<&0; "$@" </dev/null 3<&- & server=$!
{ cat <&3 >/dev/null; kill -INT "$server" 2>/dev/null; } &
wait "$server"`;

const LOOKS_MS = 100;

/**
 * What a kubelet does, for a cluster that is none: where a workload has a pod its server runs, and is started again when it
 * ends; where it has none any more it is ended. Two pods of a workload share one server: they would share the port.
 */
export async function servePods(
  cluster: StandInCluster,
  servers: Readonly<Record<string, PodServer>>,
): Promise<PodServers> {
  // Servers that are not root's have to come through.
  await chmod(cluster.folder, 0o755);
  const running = new Map<string, ChildProcess>();
  const over = new AbortController();
  const end = async (name: string): Promise<void> => {
    const child = running.get(name);
    if (child === undefined) return;
    child.stdin?.end();
    await exited(child);
    running.delete(name);
  };
  const look = async (name: string, server: PodServer): Promise<void> => {
    const pods = await cluster.pods(name);
    const pod = pods.find(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (pod === undefined) return end(name);
    const there = running.get(name);
    if (there?.exitCode === null && there.signalCode === null) return;
    const { argv, env } = server(await cluster.worldOf(pod.metadata.name));
    const child = spawn("sh", ["-c", HELD, "sh", ...argv], {
      env: { ...process.env, ...cluster.env, ...env },
      stdio: ["pipe", "ignore", "ignore"],
    });
    running.set(name, child);
  };
  const looking = (async () => {
    while (!over.signal.aborted) {
      for (const [name, server] of Object.entries(servers)) await look(name, server);
      await new Promise((again) => setTimeout(again, LOOKS_MS));
    }
  })();
  return {
    gone: async (workload) => {
      const there = (): boolean => (workload === undefined ? running.size > 0 : running.has(workload));
      while (there()) await new Promise((again) => setTimeout(again, LOOKS_MS));
    },
    stop: async () => {
      over.abort();
      await looking;
      await Promise.all([...running.keys()].map(end));
    },
  };
}

const exited = (child: ChildProcess): Promise<void> =>
  new Promise((done) => {
    if (child.exitCode === null && child.signalCode === null) child.once("exit", () => done());
    else done();
  });
