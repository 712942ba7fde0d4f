import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunnerTestCase } from "vitest";
import { type FakeApiServer, KUBECTL_PROGRAMS, startFakeApiServer } from "../helpers/fake-api-server.ts";
import { freePort } from "../helpers/free-port.ts";
import { type StandInCluster, startStandInCluster } from "../helpers/kubectl-stand-in.ts";
import type { Ran } from "../helpers/lifeboat.ts";
import { openOperator, type Operator } from "../helpers/operator.ts";
import { type PodServer, servePods } from "../helpers/pod-servers.ts";
import { until } from "../helpers/redis.ts";
import { findProgram, provisionedPath } from "../provision/programs.ts";
import { clientOf } from "./eyes.ts";
import {
  environmentOf,
  type GrillPorts,
  type GrillStores,
  grillStores,
  NAME,
  PASSWORDS,
} from "./grill-stats-stores.ts";
import { recording } from "./system-estate.ts";

export const CLUSTER_PROGRAMS = [
  ...KUBECTL_PROGRAMS,
  "initdb",
  "psql",
  "setpriv",
  "redis-server",
  "influxd",
  "influx",
];

export interface GrillCluster extends Operator, GrillStores {
  cluster: StandInCluster;
  /** What the real kubectl asked to be changed. */
  changes: string[];
  url: string;
  influx(statement: string): Promise<string>;
  /** Its pods are ended, and come again on the same data. */
  restart(workload: string): Promise<void>;
  /** Every workload is at 0, and what its claims held is gone. */
  lose(): Promise<void>;
  /** Replicas that are wanted of each workload. */
  replicas(): Promise<Record<string, number>>;
  run(task: RunnerTestCase, runbook: string, ...args: string[]): Promise<Ran>;
}

const AS_USER = join(import.meta.dirname, "../helpers/serve/as-user");

const postgres =
  (port: number): PodServer =>
  (world) => {
    const data = join(world, "pgdata");
    const script = `if ! [ -s "$0/PG_VERSION" ]; then
  chmod 700 "$0"; printf '%s\\n' "$PASSWORD" > "$0.pw"
  initdb -D "$0" -U ${NAME} --pwfile="$0.pw" -E UTF8 --locale=C --no-sync --auth-local=trust --auth-host=scram-sha-256
  printf 'CREATE DATABASE ${NAME};\\n\\n' | postgres --single -D "$0" -j postgres
fi
exec postgres -D "$0" -p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="$0" -c timezone=UTC -c shared_buffers=32MB -c fsync=off`;
    return {
      argv: [AS_USER, "postgres", world, "sh", "-c", script, data],
      env: { PASSWORD: PASSWORDS.database },
    };
  };

const influxd =
  (port: number, backupPort: number): PodServer =>
  (world) => ({
    argv: ["sh", "-c", `printf '[meta]\\n[data]\\n' > "$0/conf"; exec influxd -config "$0/conf"`, world],
    env: {
      INFLUXDB_META_DIR: join(world, "meta"),
      INFLUXDB_DATA_DIR: join(world, "data"),
      INFLUXDB_DATA_WAL_DIR: join(world, "wal"),
      INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${port}`,
      INFLUXDB_BIND_ADDRESS: `127.0.0.1:${backupPort}`,
      INFLUXDB_REPORTING_DISABLED: "true",
      INFLUXDB_MONITOR_STORE_ENABLED: "false",
    },
  });

const redis =
  (port: number): PodServer =>
  (world) => {
    const words = ["--bind", "127.0.0.1", "--port", String(port), "--dir", world, "--appendonly", "yes"];
    return { argv: ["redis-server", ...words, "--requirepass", PASSWORDS.redis] };
  };

const app =
  (port: number, env: Record<string, string>): PodServer =>
  () => ({
    argv: [process.execPath, join(import.meta.dirname, "../helpers/app/server.ts")],
    env: { PORT: String(port), ...env },
  });

/** A CronJob and its last Job, with the pod that ran it. */
const backupJob = (store: string, schedule: string): object[] => {
  const name = `${store}-backup`;
  const labels = { "job-name": `${name}-29` };
  const template = { metadata: { labels }, spec: { containers: [{ name: "backup", image: "backup:1" }] } };
  return [
    { apiVersion: "batch/v1", kind: "CronJob", metadata: { name }, spec: { schedule, suspend: false } },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: `${name}-29`, ownerReferences: [{ kind: "CronJob", name, uid: "1" }] },
      spec: { selector: { matchLabels: labels }, template },
      status: { succeeded: 1 },
    },
  ];
};

/** exec goes to the stand-in, everything else by the real kubectl to the API server that is none. */
const kubectl = (cluster: StandInCluster): string => `#!/bin/sh
for word; do case $word in exec) exec '${join(cluster.folder, "bin/kubectl")}' "$@" ;; --) break ;; esac; done
exec '${findProgram("kubectl") ?? ""}' "$@"
`;

/** Waits until a server in a pod answers. */
const answers = (ask: () => Promise<unknown>): Promise<void> =>
  until(
    () =>
      ask().then(
        () => true,
        () => false,
      ),
    async () => "a server in a pod never answered",
  );

/** Somebody else than Lifeboat does it. */
const scale = (cluster: StandInCluster, replicas: number, only?: string): Promise<void> =>
  cluster.edit(({ objects }) => {
    for (const { kind, metadata, spec } of objects)
      if (/^(Deployment|StatefulSet)$/.test(kind) && (only ?? metadata.name) === metadata.name)
        spec["replicas"] = replicas;
  });

/** The namespace of production, its servers and data, and an operator before it. */
export async function openGrillCluster(): Promise<GrillCluster> {
  const free = await Promise.all(Array.from({ length: 5 }, () => freePort()));
  const [pg = 0, influx = 0, influxBackup = 0, cachePort = 0, web = 0] = free;
  const ports: GrillPorts = { database: pg, influx, influxBackup, redis: cachePort };
  const url = `http://127.0.0.1:${web}`;
  const cluster = await startStandInCluster({
    workloads: [
      { kind: "StatefulSet", name: "postgres" },
      { kind: "StatefulSet", name: "influxdb" },
      { kind: "Deployment", name: "redis" },
      { kind: "Deployment", name: "app", replicas: 2 },
    ],
    objects: [
      ...backupJob("postgres", "0 1 * * *"),
      ...backupJob("influxdb", "0 2 * * *"),
      ...backupJob("redis", "0 3 * * *"),
    ],
  });
  const api: FakeApiServer = await startFakeApiServer(cluster);
  const servers = await servePods(cluster, {
    postgres: postgres(pg),
    influxdb: influxd(influx, influxBackup),
    redis: redis(cachePort),
    app: app(web, {
      PGHOST: "127.0.0.1",
      PGPORT: String(pg),
      PGUSER: NAME,
      PGDATABASE: NAME,
      PGPASSWORD: PASSWORDS.database,
      REDIS_PORT: String(cachePort),
      REDIS_PASSWORD: PASSWORDS.redis,
    }),
  });
  const folder = await mkdtemp("/tmp/lifeboat-grill-cluster-");
  const operator = await openOperator({
    folder,
    system: "grill-stats",
    files: {},
    backups: "BACKUP_DIR",
    env: {
      KUBECONFIG: api.kubeconfig,
      GRILL_STATS_PLATFORM: "pod",
      GRILL_STATS_ENVIRONMENT: "production",
      GRILL_STATS_URL: url,
      ...environmentOf(ports),
    },
    end: async () => {
      await servers.stop();
      await api.stop();
      await cluster.stop();
      // What runs keep in a pod, the old data above all, goes with the pod; here the pods are this machine.
      const runs = await readdir(join(folder, "home", "runs")).catch(() => []);
      for (const run of runs) await rm(`/var/tmp/lifeboat-${run}`, { recursive: true, force: true });
    },
  });
  Object.assign(operator.env, await operator.standIns({ kubectl: kubectl(cluster) }));
  const client = clientOf({ ...operator.env, PATH: provisionedPath() });
  const stores = grillStores({ client }, ports);
  const { database, temperatures, cache } = stores;
  return {
    ...operator,
    ...stores,
    cluster,
    changes: api.changes,
    url,
    influx: (statement) =>
      client(["influx", "-port", String(influx), "-database", NAME, "-execute", statement]),
    fill: async () => {
      await answers(() => database.sql("SELECT 1"));
      await answers(() => temperatures.databases());
      await answers(() => cache.cli("PING"));
      await stores.fill();
    },
    restart: async (workload) => {
      await scale(cluster, 0, workload);
      await servers.gone(workload);
      await scale(cluster, 1, workload);
      await answers(() => cache.cli("PING"));
    },
    lose: async () => {
      await scale(cluster, 0);
      await servers.gone();
      await rm(join(cluster.folder, "worlds"), { recursive: true });
    },
    replicas: async () => {
      const { objects } = await cluster.state();
      const workloads = objects.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
      return Object.fromEntries(
        workloads.map(({ metadata, spec }): [string, number] => [metadata.name, Number(spec["replicas"])]),
      );
    },
    run: recording(operator),
  };
}
