import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { redisFolder, startRedis, type TestRedis } from "../../helpers/redis.ts";
import { CHAOS_FENCE, openRedisOperator, queueEnv } from "../../helpers/redis-estate.ts";
import type { RedisSnapshot } from "../../helpers/redis-snapshot.ts";
import type { Operator } from "../../helpers/operator.ts";
import type { ChaosPlace, ChaosStore, SeenEffect } from "../chaos-store.ts";
import { look, same, seen } from "../look.ts";
import { openOwnHome } from "../own-home.ts";

const PASSWORD = "geheim";

interface Ground {
  folder: string;
  operator: Operator;
  /** Data folders of a server as it is before the run, with and without an append-only file. */
  data: Record<"yes" | "no", string>;
  backup: string;
  held: RedisSnapshot;
  before: RedisSnapshot;
}

async function layGround(folder: string, end: () => Promise<void>): Promise<Ground> {
  const server = await startRedis({ within: join(folder, "ground"), password: PASSWORD });
  await server.fill();
  const held = await server.snapshot();
  const operator = await openRedisOperator({ folder, env: queueEnv(server, PASSWORD), end });
  const backup = await operator.takeBackup({
    args: ["queue", "--format", "rdb.gz"],
    env: { QUEUE_BACKUPS: operator.backups },
  });
  // What happened since the backup: a restore loses it, an undo brings it back.
  await server.cli("DEL", "user:7");
  await server.cli("SET", "since the backup", "late");
  await server.cli("RPUSH", "bull:queue:1", "one more");
  const before = await server.snapshot();
  await server.cli("SAVE");
  await server.halt("nosave");
  const data = { yes: join(folder, "template-yes"), no: join(folder, "template-no") };
  await cp(server.dataDir, data.yes, { recursive: true });
  await cp(server.dataDir, data.no, { recursive: true });
  await rm(join(data.no, "appendonlydir"), { recursive: true });
  return { folder, operator, data, backup, held, before };
}

/** A Redis server: every other place is one without an append-only file. */
export async function openChaosRedis(): Promise<ChaosStore> {
  const { folder, end } = await redisFolder();
  const ground = await layGround(folder, end);
  return { place: (n) => layPlace(ground, n), stop: () => ground.operator.stop() };
}

async function layPlace(ground: Ground, n: number): Promise<ChaosPlace> {
  const append = n % 4 < 2 ? "yes" : "no";
  const within = join(ground.folder, `place-${n}`);
  const server = await startRedis({
    within,
    password: PASSWORD,
    data: ground.data[append],
    settings: { appendonly: append },
  });
  const own = await openOwnHome(ground.operator, {
    n,
    confirm: "queue",
    backup: ground.backup,
    env: queueEnv(server, PASSWORD),
  });
  const kept = async (): Promise<string[]> =>
    (await readdir(server.dataDir))
      .filter((name) => name.startsWith("lifeboat-"))
      .map((name) => join(server.dataDir, name));
  const live = (): Promise<RedisSnapshot | undefined> => server.snapshot().catch(() => undefined);

  const wholeCopy = async (): Promise<string | undefined> => {
    if (same(await live(), ground.before)) return "the live server";
    for (const place of [server.dataDir, ...(await kept())])
      if (same(await loaded(ground.folder, place, append), ground.before)) return place;
    return undefined;
  };
  return {
    ...own,
    wholeCopy: () => look(wholeCopy),
    effects: async () => effectsAt(server, ground, await kept(), await live()),
    wrongAtTheEnd: async (way) => wrong(server, ground, { append, way, kept: await kept() }),
    // The copy's own server has a socket and no port.
    mayStay: /^redis-server 127\.0\.0\.1:\d+/,
    clear: async () => {
      await server.stop();
      await own.clear();
    },
  };
}

/** As much of a server as the eye looks at, whether it is a process of this machine or of a container. */
export type SeenRedis = Pick<TestRedis, "dataDir" | "cli" | "snapshot" | "restart">;

/** What a folder's files hold, by a server of its own that loads copies of them. */
export async function loaded(
  folder: string,
  place: string,
  append: string,
): Promise<RedisSnapshot | undefined> {
  const within = join(folder, `eye-${process.hrtime.bigint()}`);
  const data = `${within}-data`;
  await mkdir(data);
  for (const name of ["dump.rdb", "appendonlydir"])
    if (existsSync(join(place, name)))
      await cp(join(place, name), join(data, name), { recursive: true }).catch(() => undefined);
  try {
    const server = await startRedis({ within, data, settings: { appendonly: append } });
    const found = await server.snapshot();
    await server.stop();
    return found;
  } catch {
    return undefined;
  } finally {
    await rm(within, { recursive: true, force: true });
    await rm(data, { recursive: true, force: true });
  }
}

export async function effectsAt(
  server: SeenRedis,
  { before }: Pick<Ground, "before">,
  folders: readonly string[],
  live: RedisSnapshot | undefined,
): Promise<SeenEffect[]> {
  const fenced = (await server.cli("CONFIG", "GET", "min-replicas-to-write").catch(() => "")).includes(
    CHAOS_FENCE,
  );
  return [
    ...seen(
      folders.some((name) => name.includes("lifeboat-restore-")),
      "a copy exists",
      "restore.load",
    ),
    ...seen(
      folders.some((name) => name.includes("lifeboat-before-")),
      "old files were set aside",
      "restore.swap",
    ),
    ...seen(fenced, "writes are kept out", "restore.swap"),
    ...seen(!same(live, before), "the live server was stopped, or holds other data", "restore.swap"),
  ];
}

export async function wrong(
  server: SeenRedis,
  { folder, held, before }: Pick<Ground, "folder" | "held" | "before">,
  { append, way, kept }: { append: string; way: "resume" | "undo"; kept: readonly string[] },
): Promise<string[]> {
  const problems: string[] = [];
  const wanted = way === "resume" ? held : before;
  const compare = async (when: string): Promise<void> => {
    const found = await server.snapshot().catch(() => undefined);
    if (same(found, wanted)) return;
    const keys = new Set([...Object.keys(found ?? {}), ...Object.keys(wanted)]);
    const different = [...keys].filter((key) => found?.[key] !== wanted[key]).slice(0, 5);
    problems.push(
      `${when} the live server does not hold what it should: ${found ? different.join(", ") : "it is not there"}`,
    );
  };
  await compare("at the end");
  const settings = `${await server.cli("CONFIG", "GET", "appendonly")} ${await server.cli("CONFIG", "GET", "min-replicas-to-write")}`;
  if (settings.replaceAll("\n", " ") !== `appendonly ${append} min-replicas-to-write 0`)
    problems.push(`settings at the end: ${settings}`);
  // Older than what was in memory, and not the same: it is left on purpose, alone.
  const earlier = kept.filter(
    (name) => !existsSync(join(name, "earlier.rdb")) || existsSync(join(name, "placed")),
  );
  if (way === "undo" && earlier.length > 0) problems.push(`left over: ${earlier.join(", ")}`);
  if (way === "resume") {
    const [only, ...more] = kept;
    if (only === undefined || more.length > 0) problems.push(`kept: ${kept.join(", ") || "nothing"}`);
    else if (!same(await loaded(folder, only, append), before))
      problems.push(`${only} is not the data from before`);
  }
  // With nothing but the team's own start: what was restored must still be there.
  await server.restart();
  await compare("after a restart");
  return problems;
}
