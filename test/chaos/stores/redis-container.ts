import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { redisFolder } from "../../helpers/redis.ts";
import {
  containerEnv,
  openRedisContainerEstate,
  type RedisContainerEstate,
} from "../../helpers/redis-container.ts";
import type { RedisSnapshot } from "../../helpers/redis-snapshot.ts";
import type { ChaosPlace, ChaosStore } from "../chaos-store.ts";
import { look, same, seen } from "../look.ts";
import { openOwnHome } from "../own-home.ts";
import { effectsAt, loaded, wrong } from "./redis.ts";

const PASSWORD = "geheim";

interface Ground {
  estate: RedisContainerEstate;
  /** Where servers of the eye's own load copies. */
  folder: string;
  backup: string;
  held: RedisSnapshot;
  before: RedisSnapshot;
}

/** Containers of one engine: every other place is one without an append-only file, some start by themselves. */
export async function openChaosRedisContainer(): Promise<ChaosStore> {
  const estate = await openRedisContainerEstate({ password: PASSWORD });
  const { folder, end } = await redisFolder();
  const { server, engine } = estate;
  const held = await server.snapshot();
  const backup = await estate.backup();
  // What happened since the backup: a restore loses it, an undo brings it back.
  await server.cli("DEL", "user:7");
  await server.cli("SET", "since the backup", "late");
  await server.cli("RPUSH", "bull:queue:1", "one more");
  const before = await server.snapshot();
  await server.cli("SAVE");
  await engine.docker("stop", server.name);
  const ground: Ground = { estate, folder, backup, held, before };
  return {
    place: (n) => layPlace(ground, n),
    stop: async () => {
      await end();
      await estate.stop();
    },
  };
}

async function layPlace(ground: Ground, n: number): Promise<ChaosPlace> {
  const { estate, folder, before, backup } = ground;
  const { engine } = estate;
  const append = n % 4 < 2 ? "yes" : "no";
  const name = `redis${n}`;
  await engine.docker("volume", "create", name);
  const dataDir = engine.pathOf(name);
  execFileSync("cp", ["-a", `${engine.pathOf(estate.server.name)}/.`, dataDir]);
  if (append === "no") rmSync(join(dataDir, "appendonlydir"), { recursive: true });
  const restart = n % 3 === 0 ? ["--restart", "unless-stopped"] : [];
  const container = await estate.add({
    name,
    password: PASSWORD,
    settings: { appendonly: append },
    run: ["-v", `${name}:/data`, ...restart],
  });
  const server = { ...container, dataDir };
  const own = await openOwnHome(estate, {
    n,
    confirm: "queue",
    backup,
    env: containerEnv(container, PASSWORD),
  });
  const kept = async (): Promise<string[]> =>
    (await readdir(dataDir)).filter((one) => one.startsWith("lifeboat-")).map((one) => join(dataDir, one));
  const live = (): Promise<RedisSnapshot | undefined> => server.snapshot().catch(() => undefined);
  const helpers = (): Promise<string> => helpersOf(ground, own.home);

  return {
    ...own,
    wholeCopy: () =>
      look(async () => {
        if (same(await live(), before)) return "the live server";
        for (const place of [dataDir, ...(await kept())])
          if (same(await loaded(folder, place, append), before)) return place;
        return undefined;
      }),
    effects: async () => [
      ...(await effectsAt(server, ground, await kept(), await live())),
      ...seen((await helpers()).includes("lifeboat-copy"), "a container of the copy exists", "restore.load"),
    ],
    wrongAtTheEnd: async (way) => {
      const left = await helpers();
      const wrongs = await wrong(server, { ...ground, folder }, { append, way, kept: await kept() });
      return left === "" ? wrongs : [...wrongs, `helper containers are left over: ${left}`];
    },
    clear: async () => {
      await engine.docker("rm", "-f", name);
      await engine.docker("volume", "rm", name);
      await own.clear();
    },
  };
}

/** Names of the helper containers of a place's runs. */
async function helpersOf({ estate }: Ground, home: string): Promise<string> {
  const runs = await readdir(join(home, "lifeboat", "runs")).catch(() => []);
  const all = await Promise.all(
    runs.map((run) =>
      estate.engine.docker("ps", "-a", "--filter", `label=lifeboat.run=${run}`, "--format", "{{.Names}}"),
    ),
  );
  return all.filter((one) => one !== "").join(" ");
}
