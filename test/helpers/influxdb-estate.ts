import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type InfluxOptions, type InfluxSnapshot, startInflux, type TestInflux } from "./influxdb.ts";
import { type Ran, type Running, startLifeboat } from "./lifeboat.ts";

/** An InfluxDB server with the database `grill`, and a LIFEBOAT_HOME with the system `grill-stats`, all of a test's own. */
export interface InfluxEstate {
  server: TestInflux;
  folder: string;
  env: Record<string, string>;
  lifeboat(args: string[], env?: Record<string, string>): Promise<Ran>;
  start(args: string[], env?: Record<string, string>): Running;
  /** By the program itself, with manifest; the artifact's path. */
  backup(format?: "portable" | "portable.tar.gz", database?: string): Promise<string>;
  /** Runs the runbook `lost` on this database, live and confirmed unless `args` name another mode. */
  restore(name: string, args?: string[], env?: Record<string, string>): Promise<Ran>;
  /** Environment that makes the system's store this database. */
  at(name: string): Record<string, string>;
  /** A database filled like `grill`. */
  fill(name: string): Promise<void>;
  writeSystem(yaml: string): Promise<void>;
  writeRunbook(name: string, yaml: string): Promise<void>;
  /** Executable scripts of their own folder, to go first on PATH: stand-ins for programs. */
  standIns(scripts: Record<string, string>): Promise<Record<string, string>>;
  /** Databases by name; those whose name begins so. */
  snapshots(prefix: string): Promise<Record<string, InfluxSnapshot>>;
  runs(): Promise<string[]>;
  stop(): Promise<void>;
}

export const GRILL_SYSTEM = `title: Grill stats
environment: test
objectives: { rto: 1h, rpo: 15m }
stores:
  temperatures:
    kind: influxdb
    server: 127.0.0.1
    port: \${INFLUX_PORT}
    backup-port: \${INFLUX_BACKUP_PORT}
    database: \${GRILL_DATABASE}
    offline:
      folder: \${INFLUX_FOLDER}
      stop: ["\${INFLUX_CONTROL}", stop]
      start: ["\${INFLUX_CONTROL}", start]
      wait: \${INFLUX_WAIT:-2m}
    backups:
      - path: \${GRILL_BACKUPS}/{tier}/grill-{timestamp}*
`;

/** Where authentication is on. */
export const GRILL_SYSTEM_AUTH = GRILL_SYSTEM.replace(
  "    database:",
  "    user: boss\n    password: ${GRILL_PASSWORD}\n    database:",
);

export const GRILL_LOST = `title: Temperatures lost
scenario: measurements are missing or wrong
steps:
  - id: restore
    kind: restore
    store: temperatures
    tables: [temp]
    queries:
      - title: every device has sent
        sql: SELECT count(celsius) FROM temp
        expect: { equals: 1600 }
`;

const START = 1_609_459_200;
const ODD = String.raw`odd\ meas\,x,tag\ a=v\=1,ünï=ß`;

/** 1,600 points of 8 series over five weeks, 40 points of a measurement with an odd name, 100 in a policy of its own. */
const POINTS = [
  ...Array.from({ length: 1600 }, (_, at) => {
    const [device, time] = [at % 8, START + at * 1800];
    return `temp,device=d${device},room=r${device % 3} celsius=${((at * 37) % 900) / 10},battery=${at % 100}i,ok=${at % 2 === 0},note="n${at % 50} \\"q, ü" ${time}000000000`;
  }),
  ...Array.from(
    { length: 40 },
    (_, at) => `${ODD} v=${at},big=${9_007_199_254_740_993n + BigInt(at)}i ${START + at * 3600}000000000`,
  ),
];
const HOURLY = Array.from(
  { length: 100 },
  (_, at) => `hourly,room=r${at % 3} celsius=${at / 4} ${START + at * 3600}000000000`,
);

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
}

/** influxd by the real one, with something done before and after; `$db` is the database a restore makes. */
export const around = (before: string, after: string): string => `#!/bin/sh
PATH=\${PATH#*:}
verb=$1 db=
for word; do case $last in -newdb | -db) db=$word ;; esac; last=$word; done
${before}
influxd "$@"; r=$?
${after}
exit $r
`;

const at = (name: string): Record<string, string> => ({ GRILL_DATABASE: name });

/** Starts it all. Call stop() in afterAll. */
export async function openInfluxEstate(options: InfluxOptions = {}): Promise<InfluxEstate> {
  const server = await startInflux(options);
  const { folder } = server;
  const [home, runbooks] = [join(folder, "home"), join(folder, "runbooks")];
  await mkdir(home);
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    TMPDIR: folder,
    LANG: "C.UTF-8",
    LIFEBOAT_HOME: home,
    LIFEBOAT_RUNBOOKS: runbooks,
    GRILL_BACKUPS: join(folder, "backups"),
    ...(options.password === undefined ? {} : { GRILL_PASSWORD: options.password }),
    ...server.env,
    ...at("grill"),
  };
  const system = options.password === undefined ? GRILL_SYSTEM : GRILL_SYSTEM_AUTH;
  const running = new Set<Running>();
  const start: InfluxEstate["start"] = (args, more = {}) => {
    const one = startLifeboat(args, { env: { ...env, ...more }, cwd: folder });
    running.add(one);
    void one.ended.finally(() => running.delete(one)).catch(() => undefined);
    return one;
  };
  const lifeboat: InfluxEstate["lifeboat"] = (args, more) => start(args, more).ended;
  let [taken, stands] = [0, 0];
  const estate: InfluxEstate = {
    server,
    folder,
    env,
    lifeboat,
    start,
    at,
    backup: async (format = "portable", database = "grill") => {
      // A folder of its own: names carry seconds, and two backups may be taken within one.
      const place = join(folder, `taken-${(taken += 1)}`);
      const ending = format === "portable" ? "" : ".tar.gz";
      await write(
        join(runbooks, "taker", "grill-stats", "system.yaml"),
        system.replace("grill-{timestamp}*", `grill-{timestamp}${ending}`),
      );
      const ran = await lifeboat(["backup", "grill-stats", "temperatures"], {
        ...at(database),
        GRILL_BACKUPS: place,
        LIFEBOAT_RUNBOOKS: join(runbooks, "taker"),
      });
      if (ran.code !== 0) throw new Error(`backup: ${ran.stderr}`);
      return ran.stdout.split("\n")[0] ?? "";
    },
    restore: (name, args = [], more = {}) => {
      const mode = args.some((arg) => arg === "--drill" || arg === "--dry-run");
      const live = mode ? [] : ["--live", "--confirm", name];
      return lifeboat(["run", "grill-stats", "lost", ...live, ...args], { ...at(name), ...more });
    },
    fill: async (name) => {
      const quoted = `"${name.replaceAll('"', '\\"')}"`;
      await server.query(
        `CREATE DATABASE ${quoted}; CREATE RETENTION POLICY "long term" ON ${quoted} DURATION 1040w REPLICATION 1 SHARD DURATION 4w`,
      );
      await server.query(
        `CREATE CONTINUOUS QUERY by_hour ON ${quoted} BEGIN SELECT mean(celsius) AS celsius INTO ${quoted}."long term".hourly FROM ${quoted}.autogen.temp GROUP BY time(1h), room END`,
      );
      await server.write(name, POINTS);
      await server.write(name, HOURLY, "long term");
    },
    writeSystem: (yaml) => write(join(runbooks, "grill-stats", "system.yaml"), yaml),
    writeRunbook: (name, yaml) => write(join(runbooks, "grill-stats", `${name}.yaml`), yaml),
    standIns: async (scripts) => {
      const bin = join(folder, `bin-${(stands += 1)}`);
      for (const [name, script] of Object.entries(scripts)) {
        await write(join(bin, name), script);
        await chmod(join(bin, name), 0o755);
      }
      return { PATH: `${bin}:${env.PATH}` };
    },
    snapshots: async (prefix) => {
      const found: Record<string, InfluxSnapshot> = {};
      for (const name of await server.databases())
        if (name.startsWith(prefix)) found[name] = (await server.snapshot(name)) ?? {};
      return found;
    },
    runs: async () => (await readdir(join(home, "runs")).catch(() => [])).toSorted().toReversed(),
    stop: async () => {
      // A test that failed half way may have left one waiting.
      for (const one of running) one.kill("SIGTERM");
      await Promise.allSettled([...running].map((one) => one.ended));
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await estate.fill("grill");
    await estate.writeSystem(system);
    await estate.writeRunbook("lost", GRILL_LOST);
  } catch (error) {
    await estate.stop();
    throw error;
  }
  return estate;
}
