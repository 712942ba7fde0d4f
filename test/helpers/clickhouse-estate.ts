import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ClickhouseOptions, startClickhouse, type TestClickhouse } from "./clickhouse.ts";
import { type ClickhouseSnapshot, snapshotClickhouse } from "./clickhouse-snapshot.ts";
import { type Ran, type Running, startLifeboat } from "./lifeboat.ts";

/** A ClickHouse server and the system `signage` whose store `metrics` it is, with runbooks, backups and a LIFEBOAT_HOME of a test's own. */
export interface ClickhouseEstate {
  server: TestClickhouse;
  folder: string;
  home: string;
  env: Record<string, string>;
  lifeboat(args: string[], env?: Record<string, string>): Promise<Ran>;
  start(args: string[], env?: Record<string, string>, prefix?: string[]): Running;
  /** By the program itself, with manifest; the artifact's path. `name` is the pattern's last part. */
  backup(name?: string, env?: Record<string, string>): Promise<string>;
  /** Runs the runbook `lost`, live and confirmed unless `args` name another mode. */
  restore(args?: string[], env?: Record<string, string>): Promise<Ran>;
  /** Another database with the tables of `vizora`; what the environment has to say for it to be the store's. */
  another(name: string): Promise<Record<string, string>>;
  writeSystem(yaml: string): Promise<void>;
  writeRunbook(name: string, yaml: string): Promise<void>;
  /** Executable scripts of their own folder, to go first on PATH: stand-ins for programs. */
  standIns(scripts: Record<string, string>): Promise<Record<string, string>>;
  snapshot(only?: readonly string[]): Promise<ClickhouseSnapshot>;
  /** Ids of all runs, newest first. */
  runs(): Promise<string[]>;
  changeManifest(path: string, change: (text: string) => string): Promise<void>;
  stop(): Promise<void>;
}

export const SIGNAGE_SYSTEM = `title: Signage
environment: test
objectives: { rto: 10m, rpo: 24h }
stores:
  metrics:
    kind: clickhouse
    server: 127.0.0.1
    port: \${METRICS_PORT}
    password: \${METRICS_PASSWORD:-}
    database: \${METRICS_DATABASE:-vizora}
    files: { heartbeats: device_heartbeats, impressions: content_impressions }
    backups:
      - path: \${METRICS_BACKUPS}/metrics-{timestamp}
      - path: \${METRICS_BACKUPS}/heartbeats_{timestamp}.native.gz
      - path: \${METRICS_BACKUPS}/impressions_{timestamp}.native.gz
`;

export const METRICS_LOST = `title: Metrics lost
scenario: the metrics are gone or wrong
steps:
  - id: restore
    kind: restore
    store: metrics
    tables: [device_heartbeats]
    queries:
      - title: every device has said something
        sql: SELECT uniq(device_id) FROM device_heartbeats
        expect: { at-least: 1 }
`;

/** Tables as users have them: partitions, NULL, arrays, decimals, the old way of MergeTree, rows that merges remove. */
export const tables = (database: string): string => `CREATE DATABASE IF NOT EXISTS ${database};
CREATE TABLE ${database}.device_heartbeats (day Date, at DateTime, device_id UInt64, status String, temperature Nullable(Float64), note Nullable(String), tags Array(String), id UUID, cost Decimal(9, 2), ok UInt8 DEFAULT 1, week UInt16 MATERIALIZED toMonday(day), label String ALIAS concat(status, '!')) ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY (device_id, at) SETTINGS index_granularity = 8192;
CREATE TABLE ${database}.content_impressions (day Date, at DateTime, content UInt64, seconds UInt16, title String) ENGINE = MergeTree(day, (content, at), 8192);
CREATE TABLE ${database}.device_state (device_id UInt64, version UInt64, state String) ENGINE = ReplacingMergeTree(version) ORDER BY device_id;
CREATE TABLE ${database}.notes (at DateTime, text String) ENGINE = Log;
INSERT INTO ${database}.device_heartbeats (day, at, device_id, status, temperature, note, tags, id, cost) SELECT toDate('2026-01-01') + intDiv(number, 200), toDateTime('2026-01-01 00:00:00') + number, number % 50, if(number % 7 = 0, 'offline', 'on\\tline'), if(number % 5 = 0, NULL, number * 1.5), if(number % 3 = 0, NULL, concat('note ', toString(number))), ['a', toString(number % 10)], toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0'), 1.25 FROM numbers(20000);
INSERT INTO ${database}.content_impressions SELECT toDate('2026-01-01') + intDiv(number, 500), toDateTime('2026-01-01 00:00:00') + number, number % 90, number % 60, concat('title ', toString(number)) FROM numbers(10000);
INSERT INTO ${database}.device_state SELECT number, 1, 'new' FROM numbers(100);
INSERT INTO ${database}.device_state SELECT number, 2, 'newer' FROM numbers(100);
INSERT INTO ${database}.notes VALUES ('2026-01-01 00:00:00', 'it''s a note');
`;

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
}

/** Starts it all, filled. Call stop() in afterAll. */
export async function openClickhouseEstate(options: ClickhouseOptions = {}): Promise<ClickhouseEstate> {
  const server = await startClickhouse(options);
  const { folder } = server;
  const [home, runbooks] = [join(folder, "home"), join(folder, "runbooks")];
  await mkdir(home);
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LANG: "C.UTF-8",
    LIFEBOAT_HOME: home,
    LIFEBOAT_RUNBOOKS: runbooks,
    METRICS_PORT: String(server.port),
    METRICS_BACKUPS: join(folder, "backups"),
    ...(options.password === undefined ? {} : { METRICS_PASSWORD: options.password }),
  };
  const running = new Set<Running>();
  const start: ClickhouseEstate["start"] = (args, more = {}, prefix = []) => {
    const one = startLifeboat(args, { env: { ...env, ...more }, cwd: folder, prefix });
    running.add(one);
    void one.ended.finally(() => running.delete(one)).catch(() => undefined);
    return one;
  };
  const lifeboat: ClickhouseEstate["lifeboat"] = (args, more) => start(args, more).ended;
  let [stands, taken] = [0, 0];
  const estate: ClickhouseEstate = {
    server,
    folder,
    home,
    env,
    lifeboat,
    start,
    backup: async (name = "metrics-{timestamp}", more = {}) => {
      // A folder of its own: names carry seconds, and two backups may be taken within one.
      const place = join(folder, `taken-${(taken += 1)}`);
      const own = join(runbooks, "taker", "signage", "system.yaml");
      await write(own, SIGNAGE_SYSTEM.replace("metrics-{timestamp}", name));
      const where = { METRICS_BACKUPS: place, LIFEBOAT_RUNBOOKS: join(runbooks, "taker") };
      const ran = await lifeboat(["backup", "signage", "metrics"], { ...more, ...where });
      if (ran.code !== 0) throw new Error(`backup: ${ran.stderr}`);
      return ran.stdout.split("\n")[0] ?? "";
    },
    restore: (args = [], more = {}) => {
      const mode = args.some((arg) => arg === "--drill" || arg === "--dry-run");
      const live = mode ? [] : ["--live", "--confirm", more["METRICS_DATABASE"] ?? "vizora"];
      return lifeboat(["run", "signage", "lost", ...live, ...args], more);
    },
    another: async (name) => {
      await server.run(tables(name));
      return { METRICS_DATABASE: name };
    },
    writeSystem: (yaml) => write(join(runbooks, "signage", "system.yaml"), yaml),
    writeRunbook: (name, yaml) => write(join(runbooks, "signage", `${name}.yaml`), yaml),
    standIns: async (scripts) => {
      const bin = join(folder, `bin-${(stands += 1)}`);
      for (const [name, script] of Object.entries(scripts)) {
        await write(join(bin, name), script);
        await chmod(join(bin, name), 0o755);
      }
      return { PATH: `${bin}:${env.PATH}` };
    },
    snapshot: (only) => snapshotClickhouse(server, only),
    runs: async () => (await readdir(join(home, "runs")).catch(() => [])).toSorted().toReversed(),
    changeManifest: async (path, change) => {
      const file = `${path}.manifest.json`;
      await writeFile(file, change(await readFile(file, "utf8")));
    },
    stop: async () => {
      // A test that failed half way may have left one waiting.
      for (const one of running) one.kill("SIGTERM");
      await Promise.allSettled([...running].map((one) => one.ended));
      await server.stop();
    },
  };
  try {
    await server.run(tables("vizora"));
    await estate.writeSystem(SIGNAGE_SYSTEM);
    await estate.writeRunbook("lost", METRICS_LOST);
  } catch (error) {
    await estate.stop();
    throw error;
  }
  return estate;
}
