import { type InfluxOptions, type InfluxSnapshot, startInflux, type TestInflux } from "./influxdb.ts";
import type { Ran } from "./lifeboat.ts";
import { openOperator, type Operator } from "./operator.ts";
import { orStop } from "./or-stop.ts";

/** An InfluxDB server with the database `grill`, the store of the system `grill-stats`. */
export interface InfluxEstate extends Operator {
  server: TestInflux;
  /** By the program itself, with manifest; the artifact's path. */
  backup(format?: "portable" | "portable.tar.gz", database?: string): Promise<string>;
  /** Runs the runbook `lost` on this database, live and confirmed unless `args` name another mode. */
  restore(name: string, args?: string[], env?: Record<string, string>): Promise<Ran>;
  /** Environment that makes the system's store this database. */
  at(name: string): Record<string, string>;
  /** A database filled like `grill`. */
  fill(name: string): Promise<void>;
  /** Databases by name; those whose name begins so. */
  snapshots(prefix: string): Promise<Record<string, InfluxSnapshot>>;
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
  const { password } = options;
  const server = await startInflux(options);
  const system = password === undefined ? GRILL_SYSTEM : GRILL_SYSTEM_AUTH;
  const operator = await openOperator({
    folder: server.folder,
    system: "grill-stats",
    files: { system, lost: GRILL_LOST },
    backups: "GRILL_BACKUPS",
    env: {
      TMPDIR: server.folder,
      ...(password === undefined ? {} : { GRILL_PASSWORD: password }),
      ...server.env,
      ...at("grill"),
    },
    end: () => server.stop(),
  });
  const estate: InfluxEstate = {
    ...operator,
    server,
    at,
    backup: (format = "portable", database = "grill") => {
      const ending = format === "portable" ? "" : ".tar.gz";
      const yaml = system.replace("grill-{timestamp}*", `grill-{timestamp}${ending}`);
      return operator.takeBackup({ args: ["temperatures"], yaml, env: at(database) });
    },
    restore: (name, args, more) => operator.runLost(name, args, { ...at(name), ...more }),
    fill: (name) => fill(server, name),
    snapshots: async (prefix) => {
      const found: Record<string, InfluxSnapshot> = {};
      for (const name of await server.databases())
        if (name.startsWith(prefix)) found[name] = (await server.snapshot(name)) ?? {};
      return found;
    },
  };
  return orStop(estate, () => estate.fill("grill"));
}

async function fill(server: TestInflux, name: string): Promise<void> {
  const quoted = `"${name.replaceAll('"', '\\"')}"`;
  await server.query(
    `CREATE DATABASE ${quoted}; CREATE RETENTION POLICY "long term" ON ${quoted} DURATION 1040w REPLICATION 1 SHARD DURATION 4w`,
  );
  await server.query(
    `CREATE CONTINUOUS QUERY by_hour ON ${quoted} BEGIN SELECT mean(celsius) AS celsius INTO ${quoted}."long term".hourly FROM ${quoted}.autogen.temp GROUP BY time(1h), room END`,
  );
  await server.write(name, POINTS);
  await server.write(name, HOURLY, "long term");
}
