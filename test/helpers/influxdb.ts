import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";

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

/** Every point of a database by retention policy and measurement, as text; nothing here uses Lifeboat's own questions. */
export type InfluxSnapshot = Record<string, string[]>;

export interface TestInflux {
  folder: string;
  dataDir: string;
  port: number;
  /** Of influxd backup and restore. */
  backupPort: number;
  /** INFLUX_PORT, INFLUX_BACKUP_PORT, INFLUX_FOLDER, and INFLUX_CONTROL, which stops and starts it. */
  env: Record<string, string>;
  /** The rows of each series of each statement's answer. Throws with the server's words. */
  query(statements: string): Promise<Record<string, unknown>[]>;
  write(database: string, lines: readonly string[], policy?: string): Promise<void>;
  databases(): Promise<string[]>;
  /** undefined when there is no such database. */
  snapshot(database: string): Promise<InfluxSnapshot | undefined>;
  /** influxd backup or restore, on this server. What it printed; throws with it. */
  influxd(...args: string[]): Promise<string>;
  log(): Promise<string>;
  /** kill is like a power cut. */
  halt(how?: "TERM" | "KILL"): Promise<void>;
  start(): Promise<void>;
  /** Ends the server and removes all it had. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

const KEEPER = `
folder=$1; shift
server=
halt() { [ -z "$server" ] || { kill "-$1" "$server"; wait "$server"; server=; } 2>/dev/null; }
while read -r word signal; do
  case $word in
    start) "$@" </dev/null >>"$folder/server.log" 2>&1 & server=$!; echo started ;;
    halt) halt "$signal"; echo halted ;;
  esac
done
halt KILL
"$folder/control" kill
rm -rf "$folder"
`;

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

interface Answer {
  results: { error?: string; series?: { name?: string; columns: string[]; values?: unknown[][] }[] }[];
  error?: string;
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
  const shell = spawn("/bin/sh", ["-c", KEEPER, "sh", folder, ...argv], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise<void>((done) => void shell.once("exit", () => done()));
  const answers = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const say = async (line: string): Promise<void> => {
    shell.stdin.write(`${line}\n`);
    await answers.next();
  };
  const stop = async (): Promise<void> => {
    shell.stdin.end();
    await ended;
  };
  const log = (): Promise<string> => readFile(join(folder, "server.log"), "utf8").catch(() => "");
  const start = async (): Promise<void> => {
    await say("start");
    await untilReady(port, log);
  };
  const base = `http://127.0.0.1:${port}`;
  const auth: Record<string, string> =
    options.password === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`boss:${options.password}`).toString("base64")}` };
  const ask = async (statements: string): Promise<Answer["results"]> => {
    const body = new URLSearchParams({ q: statements, epoch: "ns" });
    const response = await fetch(`${base}/query`, { method: "POST", body, headers: auth });
    const answer = (await response.json()) as Answer;
    const error = answer.error ?? answer.results.find((one) => one.error !== undefined)?.error;
    if (error !== undefined) throw new Error(`${statements}: ${error}`);
    return answer.results;
  };
  const query: TestInflux["query"] = async (statements) =>
    (await ask(statements)).flatMap(({ series = [] }) =>
      series.flatMap(({ name, columns, values = [] }) =>
        values.map((row) => ({
          measurement: name,
          ...Object.fromEntries(columns.map((c, at) => [c, row[at]])),
        })),
      ),
    );
  const databases = async (): Promise<string[]> =>
    (await query("SHOW DATABASES")).map((row) => String(row["name"])).toSorted();
  try {
    await start();
    if (options.password !== undefined)
      await query(`CREATE USER boss WITH PASSWORD '${options.password}' WITH ALL PRIVILEGES`);
  } catch (error) {
    await stop();
    throw error;
  }
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
    query,
    databases,
    write: async (database, lines, policy) => {
      const rp = policy === undefined ? "" : `&rp=${encodeURIComponent(policy)}`;
      const url = `${base}/write?db=${encodeURIComponent(database)}${rp}`;
      const response = await fetch(url, { method: "POST", body: lines.join("\n"), headers: auth });
      if (response.status !== 204) throw new Error(`write: ${await response.text()}`);
    },
    snapshot: async (database) => {
      if (!(await databases()).includes(database)) return undefined;
      const name = `"${database.replaceAll('"', '\\"')}"`;
      const found: InfluxSnapshot = {};
      for (const policy of await query(`SHOW RETENTION POLICIES ON ${name}`)) {
        const from = `${name}."${String(policy["name"])}"./.*/`;
        for (const { series = [] } of await ask(`SELECT * FROM ${from}`))
          for (const { name: measurement, columns, values = [] } of series)
            found[`${String(policy["name"])}.${measurement}`] = values
              .map((row) => JSON.stringify(Object.fromEntries(columns.map((c, at) => [c, row[at]]))))
              .toSorted();
      }
      return found;
    },
    influxd: async (...args) => {
      const [verb = "", ...rest] = args;
      const all = [verb, ...rest.slice(0, -1), "-host", `127.0.0.1:${backupPort}`, ...rest.slice(-1)];
      const { stdout, stderr } = await run("influxd", all);
      return stdout + stderr;
    },
    log,
    halt: (how = "TERM") => say(`halt ${how}`),
    start,
    stop,
  };
}

async function untilReady(port: number, log: () => Promise<string>): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/ping`).then(
      (answer) => answer.status === 204,
      () => false,
    );
    if (ready) return;
    const said = await log();
    if (performance.now() > deadline || /^run: /m.test(said))
      throw new Error(`the InfluxDB server did not start:\n${said.slice(-3000)}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}
