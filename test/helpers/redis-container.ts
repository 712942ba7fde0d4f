import { makeRedisImage } from "../provision/redis-image.ts";
import { type DockerOptions, startDocker, type TestDocker } from "./docker.ts";
import { freePort } from "./free-port.ts";
import type { Ran } from "./lifeboat.ts";
import { openOperator, type Operator } from "./operator.ts";
import { fillRedis, until, withClient } from "./redis.ts";
import { connectRedis, type RedisClient } from "./redis-client.ts";
import { type RedisSnapshot, snapshotRedis } from "./redis-snapshot.ts";
import { QUEUE_LOST } from "./redis-estate.ts";

export interface ContainerOptions {
  name: string;
  password?: string;
  /** Settings at the end of its command; default: append-only file on. */
  settings?: Record<string, string>;
  /** Words of docker run; default: a volume of the container's name at /data. */
  run?: string[];
  /** Instead of redis-server and its settings. */
  command?: string[];
}

/** A Redis server that is its container's own process, as images have it. */
export interface RedisContainer {
  name: string;
  port: number;
  cli(...args: string[]): Promise<string>;
  client(): Promise<RedisClient>;
  fill(): Promise<void>;
  snapshot(): Promise<RedisSnapshot>;
  /** running, exited … */
  state(): Promise<string>;
  /** Waits until it answers. */
  up(): Promise<void>;
  restart(): Promise<void>;
  /** Names in /data, by a container of its own. */
  files(pattern?: RegExp): Promise<string[]>;
  /** A script with its volumes, whether it runs or not. */
  inside(script: string): Promise<string>;
}

export interface RedisContainerEstate extends Operator {
  engine: TestDocker;
  server: RedisContainer;
  /** Starts another one on the same engine. */
  add(options: ContainerOptions): Promise<RedisContainer>;
  backup(format?: string, env?: Record<string, string>): Promise<string>;
  restore(args?: string[], env?: Record<string, string>): Promise<Ran>;
}

export const CACHE_SYSTEM = `title: Shop
environment: test
objectives: { rto: 2m, rpo: 24h }
hosts:
  cache: { kind: docker, container: "\${QUEUE_CONTAINER}" }
stores:
  queue:
    kind: redis
    host: cache
    server: 127.0.0.1
    port: \${QUEUE_PORT}
    password: \${QUEUE_PASSWORD:-}
    backups:
      - path: \${QUEUE_BACKUPS}/queue-{timestamp}*
`;

export const containerEnv = (server: RedisContainer, password?: string): Record<string, string> => ({
  QUEUE_CONTAINER: server.name,
  QUEUE_PORT: String(server.port),
  ...(password === undefined ? {} : { QUEUE_PASSWORD: password }),
});

const HOST_RUN = ["run", "-d", "--network", "host"];
const HELPER_RUN = ["run", "--rm", "--network", "none"];

/** One that somebody else has made, e.g. compose. */
export function redisContainerAt(
  engine: TestDocker,
  { name, port, password }: { name: string; port: number; password?: string | undefined },
): RedisContainer {
  const image = "lifeboat-test/redis";
  const auth = password === undefined ? [] : ["-e", `REDISCLI_AUTH=${password}`];
  const cli: RedisContainer["cli"] = (...args) =>
    engine.docker("exec", ...auth, name, "redis-cli", "-p", String(port), ...args);
  const client = async (): Promise<RedisClient> => {
    const made = await connectRedis({ port });
    if (password !== undefined) await made.send("AUTH", password);
    return made;
  };
  const inside: RedisContainer["inside"] = (script) =>
    engine.docker(...HELPER_RUN, "--volumes-from", name, "--entrypoint", "sh", image, "-c", script);
  const up = (): Promise<void> =>
    until(
      async () => (await cli("PING").catch(() => "")) === "PONG",
      () => engine.docker("logs", name),
    );
  return {
    name,
    port,
    cli,
    client,
    fill: () => withClient(client, fillRedis),
    snapshot: () => withClient(client, snapshotRedis),
    state: () => engine.docker("inspect", "--format", "{{.State.Status}}", name),
    up,
    restart: async () => {
      await engine.docker("restart", name);
      await up();
    },
    files: async (pattern = /./) =>
      (await inside("ls -A /data")).split("\n").filter((one) => pattern.test(one)),
    inside,
  };
}

export async function startRedisContainer(
  engine: TestDocker,
  {
    name,
    password,
    settings = { appendonly: "yes" },
    run = ["-v", `${name}:/data`],
    command,
  }: ContainerOptions,
): Promise<RedisContainer> {
  const port = await freePort();
  const all = {
    port: String(port),
    bind: "127.0.0.1",
    save: "",
    ...(password === undefined ? {} : { requirepass: password }),
    ...settings,
  };
  const words = Object.entries(all).flatMap(([setting, value]) => [`--${setting}`, value]);
  const image = "lifeboat-test/redis";
  await engine.docker(
    ...HOST_RUN,
    ...["--name", name].concat(run, image, command ?? ["redis-server"], words),
  );
  const server = redisContainerAt(engine, { name, port, password });
  await server.up();
  return server;
}

type EstateOptions = Omit<ContainerOptions, "name"> & { docker?: DockerOptions; system?: string };

/** An engine, a Redis server in a container of it, filled, and the system `shop` whose store `queue` it is. */
export async function openRedisContainerEstate(options: EstateOptions = {}): Promise<RedisContainerEstate> {
  const engine = await startDocker(options.docker);
  try {
    return await openOn(engine, options);
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

async function openOn(engine: TestDocker, options: EstateOptions): Promise<RedisContainerEstate> {
  await makeRedisImage(engine.env);
  const server = await startRedisContainer(engine, { ...options, name: "shop-redis" });
  await server.fill();
  const system = options.system ?? CACHE_SYSTEM;
  const operator = await openOperator({
    folder: `${engine.folder}-operator`,
    system: "shop",
    files: { system, lost: QUEUE_LOST },
    backups: "QUEUE_BACKUPS",
    env: { ...engine.env, ...containerEnv(server, options.password) },
    end: () => engine.stop(),
  });
  return {
    ...operator,
    engine,
    server,
    add: (more) => startRedisContainer(engine, more),
    backup: (format = "rdb.gz", env = {}) =>
      operator.takeBackup({
        args: ["queue"],
        yaml: system.replace("queue-{timestamp}*", `queue-{timestamp}.${format}`),
        env,
      }),
    restore: (args, more) => operator.runLost("queue", args, more),
  };
}
