import { type ClickhouseOptions, startClickhouse, type TestClickhouse } from "./clickhouse.ts";
import { type ClickhouseSnapshot, snapshotClickhouse } from "./clickhouse-snapshot.ts";
import type { Ran } from "./lifeboat.ts";
import { openOperator, type Operator } from "./operator.ts";
import { orStop } from "./or-stop.ts";

/** A ClickHouse server and the system `signage` whose store `metrics` it is. */
export interface ClickhouseEstate extends Operator {
  server: TestClickhouse;
  /** By the program itself, with manifest; the artifact's path. `name` is the pattern's last part. */
  backup(name?: string, env?: Record<string, string>): Promise<string>;
  /** Runs the runbook `lost`, live and confirmed unless `args` name another mode. */
  restore(args?: string[], env?: Record<string, string>): Promise<Ran>;
  /** Another database with the tables of `vizora`; what the environment has to say for it to be the store's. */
  another(name: string): Promise<Record<string, string>>;
  snapshot(only?: readonly string[]): Promise<ClickhouseSnapshot>;
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

/** An operator of this server, whose end is the server's too. */
export const openClickhouseOperator = (server: TestClickhouse, password?: string): Promise<Operator> =>
  openOperator({
    folder: server.folder,
    system: "signage",
    files: { system: SIGNAGE_SYSTEM, lost: METRICS_LOST },
    backups: "METRICS_BACKUPS",
    env: {
      METRICS_PORT: String(server.port),
      ...(password === undefined ? {} : { METRICS_PASSWORD: password }),
    },
    end: () => server.stop(),
  });

/** Starts it all, filled. Call stop() in afterAll. */
export async function openClickhouseEstate(options: ClickhouseOptions = {}): Promise<ClickhouseEstate> {
  const server = await startClickhouse(options);
  const operator = await openClickhouseOperator(server, options.password);
  const estate: ClickhouseEstate = {
    ...operator,
    server,
    backup: (name = "metrics-{timestamp}", env = {}) => {
      const yaml = SIGNAGE_SYSTEM.replace("metrics-{timestamp}", name);
      return operator.takeBackup({ args: ["metrics"], yaml, env });
    },
    restore: (args, more = {}) => operator.runLost(more["METRICS_DATABASE"] ?? "vizora", args, more),
    another: async (name) => {
      await server.run(tables(name));
      return { METRICS_DATABASE: name };
    },
    snapshot: (only) => snapshotClickhouse(server, only),
  };
  return orStop(estate, () => server.run(tables("vizora")));
}
