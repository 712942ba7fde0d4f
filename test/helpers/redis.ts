import { freePort } from "./free-port.ts";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { openSupervisor } from "./supervisor.ts";
import { orStop } from "./or-stop.ts";
import { connectRedis, type RedisClient } from "./redis-client.ts";
import { type RedisSnapshot, snapshotRedis } from "./redis-snapshot.ts";

export const REDIS_PROGRAMS = ["redis-server", "redis-cli", "redis-check-rdb"];

export interface RedisOptions {
  password?: string;
  /** Lines of redis.conf, e.g. { appendonly: "no" }. */
  settings?: Record<string, string>;
  /** Further lines as they are, e.g. "user backup on >x ~* +@all". */
  lines?: string[];
  /** A folder inside of one by `redisFolder`, whose end is its end too; made here. */
  within?: string;
  /** Another server's data, copied before the start. */
  data?: string;
  /** Goes before redis-server's argv and must exec it, e.g. to give it a small disk; `settings.dir` must be there then. */
  wrap?: string[];
}

export interface TestRedis {
  /** The folder everything of this server lies in; removed by stop(). */
  folder: string;
  dataDir: string;
  conf: string;
  port: number;
  /** What starts it as a daemon: the `start` of a store. */
  startArgv: string[];
  /** redis-cli; what it printed, trimmed. Throws with what it said on stderr. */
  cli(...args: string[]): Promise<string>;
  client(): Promise<RedisClient>;
  /** 60 keys of every type in databases 0 and 3, a fifth of them with a TTL of hours. */
  fill(): Promise<void>;
  snapshot(): Promise<RedisSnapshot>;
  running(): Promise<boolean>;
  start(): Promise<void>;
  /** nosave: what is only in memory is lost. kill: like a power cut. */
  halt(how?: "save" | "nosave" | "kill"): Promise<void>;
  restart(): Promise<void>;
  log(): Promise<string>;
  /** Ends every Redis server that works in the folder and removes it. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

/**
 * Redis servers work in their data folder: whatever Lifeboat or a test started as a daemon somewhere inside of this one is
 * found by that, and by nothing else.
 */
const END = `
for round in 1 2 3 4 5; do
  for p in /proc/[0-9]*; do
    case $(readlink "$p/cwd") in "$folder"/*) case $(cat "$p/comm") in redis*) kill -9 "\${p#/proc/}";; esac;; esac
  done
done 2>/dev/null
`;

const run = promisify(execFile);

/** A folder in which every Redis server is ended, and which is removed, when `end` is called or the test process dies. */
export async function redisFolder(): Promise<{ folder: string; end: () => Promise<void> }> {
  const folder = await mkdtemp("/tmp/lifeboat-redis-");
  const { stop } = openSupervisor(folder, { argv: [], isReady: async () => true, end: END });
  return { folder, end: stop };
}

async function roomWithin(folder: string): Promise<{ folder: string; end: () => Promise<void> }> {
  await mkdir(folder);
  return { folder, end: () => rm(folder, { recursive: true, force: true }) };
}

/** A Redis server of this test's own: append-only file on, never fsynced. */
export async function startRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const { folder, end } =
    options.within === undefined ? await redisFolder() : await roomWithin(options.within);
  const [port, conf] = [await freePort(), join(folder, "redis.conf")];
  const dataDir = options.settings?.["dir"] ?? join(folder, "data");
  if (options.data === undefined) await mkdir(dataDir, { recursive: true });
  else await cp(options.data, dataDir, { recursive: true });
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    dir: dataDir,
    appendonly: "yes",
    appendfsync: "no",
    save: '""',
    "repl-diskless-sync-delay": "0",
    logfile: join(folder, "redis.log"),
    ...(options.password === undefined ? {} : { requirepass: JSON.stringify(options.password) }),
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  await writeFile(conf, [...lines, ...(options.lines ?? []), ""].join("\n"));
  const startArgv = ["redis-server", conf, "--daemonize", "yes"];
  const auth = options.password === undefined ? {} : { REDISCLI_AUTH: options.password };
  const env = { PATH: process.env["PATH"] ?? "", ...auth };
  const cli: TestRedis["cli"] = async (...args) => {
    const { stdout } = await run("redis-cli", ["-p", String(port), ...args], { env, maxBuffer: 1 << 28 });
    return stdout.trim();
  };
  const client: TestRedis["client"] = async () => {
    const made = await connectRedis({ port });
    if (options.password !== undefined) await made.send("AUTH", options.password);
    return made;
  };
  const running = async (): Promise<boolean> =>
    cli("PING").then(
      () => true,
      () => false,
    );
  const start = async (): Promise<void> => {
    const [program = "", ...words] = [...(options.wrap ?? []), ...startArgv];
    await run(program, words, { env: { PATH: env.PATH } });
    await until(
      async () => (await cli("PING").catch(() => "")) === "PONG",
      () => readFile(settings.logfile, "utf8"),
    );
  };
  const halt: TestRedis["halt"] = async (how = "save") => {
    const pid = Number(/process_id:(\d+)/.exec(await cli("INFO", "server"))?.[1]);
    if (how === "kill") process.kill(pid, "SIGKILL");
    else await cli("SHUTDOWN", how === "save" ? "SAVE" : "NOSAVE");
    await until(async () => !(await running()));
  };
  const server: TestRedis = {
    folder,
    dataDir,
    conf,
    port,
    startArgv,
    cli,
    client,
    running,
    start,
    halt,
    fill: () => withClient(client, fillRedis),
    snapshot: () => withClient(client, snapshotRedis),
    restart: async () => {
      await halt();
      await start();
    },
    log: () => readFile(settings.logfile, "utf8"),
    stop: async () => {
      // The keeper ends them all; without it this one is ended here.
      if (options.within !== undefined && (await running())) await halt("kill");
      await end();
    },
  };
  await orStop({ stop: end }, start);
  return server;
}

export async function until(
  isSo: () => Promise<boolean>,
  otherwise: () => Promise<string> = async () => "",
): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${(await otherwise()).slice(-3000)}`);
    await new Promise((again) => setTimeout(again, 15));
  }
}

export async function withClient<T>(
  open: () => Promise<RedisClient>,
  use: (client: RedisClient) => Promise<T>,
): Promise<T> {
  const client = await open();
  try {
    return await use(client);
  } finally {
    client.end();
  }
}

/** 60 keys of every type, and names that are hard to carry. */
export async function fillRedis(client: RedisClient): Promise<void> {
  for (const db of ["0", "3"]) {
    await client.send("SELECT", db);
    for (let n = 1; n <= 10; n += 1) {
      await client.send("SET", `session:${n}`, `token ${n} of ${db}`);
      await client.send("HSET", `user:${n}`, "name", `name ${n}`, "mail", `u${n}@example.org`);
      await client.send("RPUSH", `bull:queue:${n}`, `job ${n}`, "a job with spaces", "");
      await client.send("SADD", `set:${n}`, "b", "a", `member ${n}`);
      await client.send("ZADD", `rank:${n}`, String(n / 3), "a", "2", "b");
      await client.send("XADD", `events:${n}`, `${n}-1`, "what", `event ${n}`);
    }
    for (let n = 1; n <= 4; n += 1) {
      await client.send("EXPIRE", `session:${n}`, "7200");
      await client.send("EXPIRE", `user:${n}`, "7200");
    }
  }
  // Names that a shell, a line or a table could stumble over.
  for (const name of [
    "with space",
    "quote'\"`$x",
    "new\nline",
    "tab\there",
    "ünïcode",
    "-dash",
    "*",
    "back\\slash",
  ])
    await client.send("SET", name, name);
  await client.send("SET", Buffer.from([0, 255, 1]), Buffer.from([0, 255, 10, 13]));
  // Large enough not to be stored as a short list: their order differs from process to process.
  for (let n = 0; n < 600; n += 1) {
    await client.send("SADD", "large set", `member ${n * 7919}`);
    await client.send("HSET", "large hash", `field ${n * 7919}`, String(n));
  }
  await client.send("SELECT", "0");
}
