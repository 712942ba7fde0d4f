import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Ran, type Running, startLifeboat } from "./lifeboat.ts";
import { type RedisOptions, startRedis, type TestRedis } from "./redis.ts";

/** A Redis server and the system `shop` whose store `queue` it is, with runbooks, backups and a LIFEBOAT_HOME of a test's own. */
export interface RedisEstate {
  server: TestRedis;
  folder: string;
  home: string;
  env: Record<string, string>;
  lifeboat(args: string[], env?: Record<string, string>): Promise<Ran>;
  start(args: string[], env?: Record<string, string>, prefix?: string[]): Running;
  /** By the program itself, with manifest; the artifact's path. */
  backup(format?: string): Promise<string>;
  /** Runs the runbook `lost`, live and confirmed unless `args` name another mode. */
  restore(args?: string[], env?: Record<string, string>): Promise<Ran>;
  writeSystem(yaml: string): Promise<void>;
  writeRunbook(name: string, yaml: string): Promise<void>;
  /** Executable scripts of their own folder, to go first on PATH: stand-ins for programs. */
  standIns(scripts: Record<string, string>): Promise<Record<string, string>>;
  /** Ids of all runs, newest first. */
  runs(): Promise<string[]>;
  /** The manifest beside a backup, changed. */
  changeManifest(path: string, change: (text: string) => string): Promise<void>;
  stop(): Promise<void>;
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

/** Runbooks of the system `shop`, by name; `system` is its system.yaml. */
export async function writeRunbooks(root: string, files: Record<string, string>): Promise<void> {
  for (const [name, yaml] of Object.entries(files)) await write(join(root, "shop", `${name}.yaml`), yaml);
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, text);
}

/** Starts it all, filled. Call stop() in afterAll. */
export async function openRedisEstate(options: RedisOptions = {}): Promise<RedisEstate> {
  const server = await startRedis(options);
  const folder = server.folder;
  const [home, runbooks] = [join(folder, "home"), join(folder, "runbooks")];
  await mkdir(home);
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    LANG: "C.UTF-8",
    LIFEBOAT_HOME: home,
    LIFEBOAT_RUNBOOKS: runbooks,
    QUEUE_PORT: String(server.port),
    QUEUE_CONF: server.conf,
    QUEUE_DATA: server.dataDir,
    QUEUE_BACKUPS: join(folder, "backups"),
    ...(options.password === undefined ? {} : { QUEUE_PASSWORD: options.password }),
  };
  const running = new Set<Running>();
  const start: RedisEstate["start"] = (args, more = {}, prefix = []) => {
    const one = startLifeboat(args, { env: { ...env, ...more }, cwd: folder, prefix });
    running.add(one);
    void one.ended.finally(() => running.delete(one)).catch(() => undefined);
    return one;
  };
  const lifeboat: RedisEstate["lifeboat"] = (args, more) => start(args, more).ended;
  let stands = 0;
  let taken = 0;
  const estate: RedisEstate = {
    server,
    folder,
    home,
    env,
    lifeboat,
    start,
    backup: async (format = "rdb.gz") => {
      // A folder of its own: names carry seconds, and two backups may be taken within one.
      const place = join(folder, `taken-${(taken += 1)}`);
      const own = join(runbooks, "taker", "shop", "system.yaml");
      await write(own, QUEUE_SYSTEM.replace("queue-{timestamp}*", `queue-{timestamp}.${format}`));
      const ran = await lifeboat(["backup", "shop", "queue"], {
        QUEUE_BACKUPS: place,
        LIFEBOAT_RUNBOOKS: join(runbooks, "taker"),
      });
      if (ran.code !== 0) throw new Error(`backup: ${ran.stderr}`);
      return ran.stdout.split("\n")[0] ?? "";
    },
    restore: (args = [], more) => {
      const mode = args.some((arg) => arg === "--drill" || arg === "--dry-run");
      return lifeboat(
        ["run", "shop", "lost", ...(mode ? [] : ["--live", "--confirm", "queue"]), ...args],
        more,
      );
    },
    writeSystem: (yaml) => write(join(runbooks, "shop", "system.yaml"), yaml),
    writeRunbook: (name, yaml) => write(join(runbooks, "shop", `${name}.yaml`), yaml),
    standIns: async (scripts) => {
      const bin = join(folder, `bin-${(stands += 1)}`);
      for (const [name, script] of Object.entries(scripts)) {
        await write(join(bin, name), script);
        await chmod(join(bin, name), 0o755);
      }
      return { PATH: `${bin}:${env.PATH}` };
    },
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
    await server.fill();
    await estate.writeSystem(QUEUE_SYSTEM);
    await estate.writeRunbook("lost", QUEUE_LOST);
  } catch (error) {
    await estate.stop();
    throw error;
  }
  return estate;
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
