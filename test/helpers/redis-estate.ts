import type { Ran } from "./lifeboat.ts";
import { openOperator, type Operator, type OperatorOptions } from "./operator.ts";
import { orStop } from "./or-stop.ts";
import { type RedisOptions, startRedis, type TestRedis } from "./redis.ts";

/** A Redis server and the system `shop` whose store `queue` it is. */
export interface RedisEstate extends Operator {
  server: TestRedis;
  /** By the program itself, with manifest; the artifact's path. */
  backup(format?: string): Promise<string>;
  /** Runs the runbook `lost`, live and confirmed unless `args` name another mode. */
  restore(args?: string[], env?: Record<string, string>): Promise<Ran>;
}

export const QUEUE_SYSTEM = `title: Shop
environment: test
objectives: { rto: 2m, rpo: 24h }
stores:
  queue:
    kind: redis
    server: 127.0.0.1
    port: \${QUEUE_PORT}
    password: \${QUEUE_PASSWORD:-}
    start: [redis-server, "\${QUEUE_CONF}"]
    data-folder: \${QUEUE_DATA}
    backups:
      - path: \${QUEUE_BACKUPS}/queue-{timestamp}*
`;

export const QUEUE_LOST = `title: Queue lost
scenario: jobs are gone, or the server came up empty
steps:
  - id: restore
    kind: restore
    store: queue
    queries:
      - title: jobs are waiting
        sql: LLEN bull:queue:1
        expect: { equals: 3 }
`;

/** The way without a backup: what a cache held is made again by those who ask for it. */
export const CACHE_RESTART = `title: Cache lost, just restart it
scenario: the cache hangs or is broken; sessions are lost, everything else is made again
steps:
  - id: restart
    title: Restart the cache
    kind: command
    store: queue
    target: queue
    run:
      - sh
      - -c
      - |
        redis-cli -p "$PORT" SHUTDOWN NOSAVE
        rm -rf "$DATA"/*
        redis-server "$CONF" --daemonize yes
        until redis-cli -p "$PORT" PING; do sleep 0.1; done
    env: { PORT: "\${QUEUE_PORT}", DATA: "\${QUEUE_DATA}", CONF: "\${QUEUE_CONF}" }
  - id: answers
    kind: query
    store: queue
    sql: PING
    expect: { equals: PONG }
  - id: empty
    kind: query
    store: queue
    sql: DBSIZE
    expect: { equals: 0 }
`;

/** What keeps writes out while a restored server is proven. */
export const CHAOS_FENCE = "9999";

/** What QUEUE_SYSTEM asks for. */
export const queueEnv = (server: TestRedis, password?: string): Record<string, string> => ({
  QUEUE_PORT: String(server.port),
  QUEUE_CONF: server.conf,
  QUEUE_DATA: server.dataDir,
  ...(password === undefined ? {} : { QUEUE_PASSWORD: password }),
});

export const openRedisOperator = (
  options: Pick<OperatorOptions, "folder" | "env" | "end">,
): Promise<Operator> =>
  openOperator({
    ...options,
    system: "shop",
    files: { system: QUEUE_SYSTEM, lost: QUEUE_LOST },
    backups: "QUEUE_BACKUPS",
  });

/** Starts it all, filled. Call stop() in afterAll. */
export async function openRedisEstate(options: RedisOptions = {}): Promise<RedisEstate> {
  const server = await startRedis(options);
  const operator = await openRedisOperator({
    folder: server.folder,
    env: queueEnv(server, options.password),
    end: () => server.stop(),
  });
  const estate: RedisEstate = {
    ...operator,
    server,
    backup: (format = "rdb.gz") =>
      operator.takeBackup({
        args: ["queue"],
        yaml: QUEUE_SYSTEM.replace("queue-{timestamp}*", `queue-{timestamp}.${format}`),
      }),
    restore: (args, more) => operator.runLost("queue", args, more),
  };
  return orStop(estate, () => server.fill());
}

/** A server with these settings, a backup, and the run on it; the data has to be whole and taking writes after it. */
export const withEstate = async (
  options: RedisOptions,
  use: (estate: RedisEstate) => Promise<void>,
): Promise<void> => {
  const estate = await openRedisEstate(options);
  try {
    await use(estate);
  } finally {
    await estate.stop();
  }
};

/** All that a program said. */
export const said = ({ stdout, stderr }: { stdout: string; stderr: string }): string => stdout + stderr;
