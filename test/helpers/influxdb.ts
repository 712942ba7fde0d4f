import { execFile } from "node:child_process";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { influxClient, type InfluxClient } from "./influxdb-client.ts";
import { orStop } from "./or-stop.ts";
import { openSupervisor } from "./supervisor.ts";

export type { InfluxSnapshot } from "./influxdb-client.ts";

export const INFLUXDB_PROGRAMS = ["influxd", "influx"];

export interface InfluxOptions {
  /** Turns authentication on, with the admin user `boss` of this password. */
  password?: string;
  /** How often the server removes shards that are older than their policy keeps. */
  retentionCheck?: string;
  /** Folders of another server, copied before it starts. */
  copyOf?: Record<"meta" | "data" | "wal", string>;
  /** Goes before the server's argv and must exec it; gets the server's folder, e.g. to give it a small disk. */
  wrap?: (folder: string) => string[];
}

export interface TestInflux extends InfluxClient {
  folder: string;
  dataDir: string;
  port: number;
  /** Of influxd backup and restore. */
  backupPort: number;
  /** INFLUX_PORT, INFLUX_BACKUP_PORT, INFLUX_FOLDER, and INFLUX_CONTROL, which stops and starts it. */
  env: Record<string, string>;
  /** influxd backup or restore, on this server. What it printed; throws with it. */
  influxd(...args: string[]): Promise<string>;
  log(): Promise<string>;
  /** kill is like a power cut. */
  halt(how?: "TERM" | "KILL"): Promise<void>;
  start(): Promise<void>;
  /** Ends the server and removes all it had. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

/** Stops and starts the server from outside, as systemctl does: what a store's `offline` settings name. */
const CONTROL = (folder: string): string => `#!/bin/sh
pids() { for p in /proc/[0-9]*; do
  case $(tr '\\0' ' ' 2>/dev/null <"$p/cmdline") in "influxd -config ${folder}/influxdb.conf "*) echo "\${p#/proc/}" ;; esac
done; }
case $1 in
  start) setsid influxd -config '${folder}/influxdb.conf' </dev/null >>'${folder}/server.log' 2>&1 & ;;
  stop) for p in $(pids); do kill "$p"; done; while [ -n "$(pids)" ]; do sleep 0.1; done ;;
  kill) for p in $(pids); do kill -9 "$p"; done ;;
esac
`;

const run = promisify(execFile);

function configuration(folder: string, port: number, backupPort: number, options: InfluxOptions): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  query-log-enabled = false
[retention]
  check-interval = "${options.retentionCheck ?? "30m"}"
[http]
  bind-address = "127.0.0.1:${port}"
  auth-enabled = ${options.password !== undefined}
  log-enabled = false
[monitor]
  store-enabled = false
[continuous_queries]
  run-interval = "1h"
`;
}

/** An InfluxDB server of this test's own. */
export async function startInflux(options: InfluxOptions = {}): Promise<TestInflux> {
  const folder = await mkdtemp("/tmp/lifeboat-influx-");
  const [port, backupPort] = [await freePort(), await freePort()];
  const config = join(folder, "influxdb.conf");
  await writeFile(config, configuration(folder, port, backupPort, options));
  for (const [name, from] of Object.entries(options.copyOf ?? {}))
    await cp(from, join(folder, name), { recursive: true });
  await writeFile(join(folder, "control"), CONTROL(folder), { mode: 0o755 });
  const argv = [...(options.wrap?.(folder) ?? []), "influxd", "-config", config];
  const base = `http://127.0.0.1:${port}`;
  const supervisor = openSupervisor(folder, {
    argv,
    isReady: async () => (await fetch(`${base}/ping`)).status === 204,
    gaveUp: /^run: /m,
    // Lifeboat may have started it anew.
    end: 'halt KILL; "$folder/control" kill',
  });
  const client = influxClient(base, options.password);
  await orStop(supervisor, async () => {
    await supervisor.start();
    if (options.password !== undefined)
      await client.query(`CREATE USER boss WITH PASSWORD '${options.password}' WITH ALL PRIVILEGES`);
  });
  return {
    folder,
    dataDir: join(folder, "data"),
    port,
    backupPort,
    env: {
      INFLUX_PORT: String(port),
      INFLUX_BACKUP_PORT: String(backupPort),
      INFLUX_FOLDER: folder,
      INFLUX_CONTROL: join(folder, "control"),
    },
    ...client,
    influxd: async (...args) => {
      const [verb = "", ...rest] = args;
      const all = [verb, ...rest.slice(0, -1), "-host", `127.0.0.1:${backupPort}`, ...rest.slice(-1)];
      const { stdout, stderr } = await run("influxd", all);
      return stdout + stderr;
    },
    log: supervisor.log,
    halt: (how = "TERM") => supervisor.halt(how),
    start: supervisor.start,
    stop: supervisor.stop,
  };
}
