import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { killedAt } from "../../../chaos/killed-at.ts";
import { DOCKER_PROGRAMS, noDocker } from "../../../helpers/docker.ts";
import { REDIS_PROGRAMS } from "../../../helpers/redis.ts";
import { openRedisContainerEstate, type RedisContainerEstate } from "../../../helpers/redis-container.ts";
import { said } from "../../../helpers/redis-estate.ts";
import type { RedisSnapshot } from "../../../helpers/redis-snapshot.ts";
import { suiteFor } from "../../../helpers/suite-for.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 });

suiteFor(
  "Redis in a container that its engine starts again in the middle of a swap",
  [...REDIS_PROGRAMS, ...DOCKER_PROGRAMS],
  () => {
    let estate: RedisContainerEstate;
    let held: RedisSnapshot;
    let backup: string;
    /** The lines of a whole run's journal. */
    let lines: string[];

    beforeAll(async () => {
      estate = await openRedisContainerEstate({
        password: "geheim",
        run: ["-v", "shop-redis:/data", "--restart", "always"],
      });
      held = await estate.server.snapshot();
      backup = await estate.backup();
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code, said(ran)).toBe(0);
      const [run = ""] = await estate.runs();
      lines = (await readFile(join(estate.home, "runs", run, "journal.jsonl"), "utf8")).split("\n");
      await estate.server.inside("rm -r /data/lifeboat-before-*");
    });
    afterAll(() => estate?.stop());

    const swapCommand = (type: string, index: number): number =>
      lines.findIndex((line) => {
        const event: { type?: string; step?: string; index?: number } = line === "" ? {} : JSON.parse(line);
        return event.type === type && event.step === "restore.swap" && event.index === index;
      }) + 1;

    test.each([
      ["behind the stop", "resume", 0],
      ["behind the stop", "undo", 0],
      ["behind the placing", "resume", 1],
      ["behind the placing", "undo", 1],
    ] as const)("killed %s, then the engine restarts: %s brings what it should", async (_, way, index) => {
      const { server, engine } = estate;
      await server.cli("DEL", "user:7");
      await server.cli("SET", "since the backup", "late");
      const damaged = await server.snapshot();
      const line = swapCommand("command.ended", index);
      expect(line).toBeGreaterThan(0);
      const killed = await estate.restore(
        ["--backup", backup],
        killedAt({ line, when: "synced", ms: 0, power: false }),
      );
      expect(killed.code, said(killed)).toBeNull();
      expect(await server.state()).toBe("exited");
      await engine.halt();
      await engine.start();
      await server.up();
      const [run = ""] = await estate.runs();
      const plain = way === "resume" ? ["--plain"] : [];
      const ran = await estate.lifeboat([way, run, "--confirm", "queue", ...plain]);
      expect(ran.code, said(ran)).toBe(0);
      expect(await server.snapshot()).toEqual(way === "resume" ? held : damaged);
      expect(await server.cli("SET", "a write", "is taken")).toBe("OK");
      await server.restart();
      await server.cli("DEL", "a write");
      expect(await server.snapshot()).toEqual(way === "resume" ? held : damaged);
      await server.inside("rm -rf /data/lifeboat-*");
    });
  },
  noDocker(),
);
