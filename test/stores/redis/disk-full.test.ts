import { spawn } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { redisFolder, REDIS_PROGRAMS, until } from "../../helpers/redis.ts";
import { openRedisEstate, QUEUE_SYSTEM, type RedisEstate } from "../../helpers/redis-estate.ts";
import type { Ran } from "../../helpers/lifeboat.ts";
import { maySmallDisk, withSmallDisk } from "../../helpers/small-disk.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const SIZE = "20m";

vi.setConfig({ testTimeout: 240_000 });

suiteFor(
  "Redis: a full disk",
  REDIS_PROGRAMS,
  () => {
    let end: () => Promise<void>;
    let close: () => void;
    let estate: RedisEstate;
    let backup: string;
    /** Enters the mount namespace that has the small disk. */
    let enter: string[];

    beforeEach(async () => {
      const room = await redisFolder();
      const small = join(room.folder, "small");
      await mkdir(small);
      const [program = "", ...words] = [...withSmallDisk(small, SIZE), "cat"];
      const holder = spawn(program, words, { stdio: ["pipe", "ignore", "ignore"] });
      close = () => holder.stdin.end();
      end = room.end;
      enter = ["nsenter", "-t", String(holder.pid), "-m"];
      const [nsenter = "", ...into] = enter;
      await until(
        () =>
          new Promise((done) => {
            const look = spawn(nsenter, [...into, "mountpoint", "-q", small], { stdio: "ignore" });
            look.once("close", (code) => done(code === 0));
          }),
      );
      estate = await openRedisEstate({
        within: join(room.folder, "estate"),
        settings: { dir: small },
        wrap: enter,
      });
      backup = await estate.backup("rdb");
    });
    afterEach(async () => {
      await estate?.stop();
      await end?.();
      close?.();
    });

    const restore = (env: Record<string, string> = {}): Promise<Ran> =>
      estate.start(["run", "shop", "lost", "--live", "--confirm", "queue", "--backup", backup], env, enter)
        .ended;
    const inside = (...argv: string[]): Promise<void> =>
      new Promise((done) => {
        const [program = "", ...words] = [...enter, ...argv];
        spawn(program, words, { stdio: "ignore" }).once("close", () => done());
      });

    test("too little room for the copy is said before anything is touched", async () => {
      const hog = join(estate.server.dataDir, "hog");
      await inside("sh", "-c", 'cat /dev/zero > "$1"', "sh", hog);
      const before = await estate.server.snapshot();
      const ran = await restore();
      expect(ran.code, ran.stdout).toBe(11);
      expect(ran.stdout).toMatch(/free disk for the copy/);
      expect(await estate.server.snapshot()).toEqual(before);
    });

    test("a disk that fills up while the append-only file is written: reads go on, resume finishes when there is room", async () => {
      const held = await estate.server.snapshot();
      await estate.server.cli("DEL", "user:7");
      const before = await estate.server.snapshot();
      const hog = join(estate.server.dataDir, "hog");
      const start = `start: [sh, -c, 'redis-server "$0" "$@"; [ -e ${estate.folder}/filled ] || cat /dev/zero > ${hog}; touch ${estate.folder}/filled', "\${QUEUE_CONF}", --daemonize, "yes"]`;
      await estate.writeSystem(QUEUE_SYSTEM.replace(/start:.*/, start));
      const ran = await restore();
      expect(ran.code, ran.stdout).toBe(20);
      expect(ran.stdout).toMatch(/the append-only file could not be (?:written|made)/);
      expect(await estate.server.snapshot()).toEqual(held);
      expect(await estate.server.cli("SET", "a", "b").catch(String)).toMatch(/NOREPLICAS|MISCONF/);
      await inside("rm", hog);
      const [run = ""] = await estate.runs();
      const resumed = await estate.start(["resume", run, "--confirm", "queue", "--plain"], {}, enter).ended;
      expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
      expect(await estate.server.snapshot()).toEqual(held);
      const undone = await estate.start(["undo", run, "--confirm", "queue"], {}, enter).ended;
      expect(undone.code, undone.stdout).toBe(0);
      expect(await estate.server.snapshot()).toEqual(before);
    }, 180_000);

    test("a backup onto a full disk leaves nothing that looks like one", async () => {
      const place = join(estate.server.dataDir, "backups");
      await inside("sh", "-c", 'cat /dev/zero > "$1"/hog', "sh", estate.server.dataDir);
      const ran = await estate.start(["backup", "shop", "queue"], { QUEUE_BACKUPS: place }, enter).ended;
      expect(ran.code).not.toBe(0);
      expect(ran.stderr).toMatch(/No space left|disk|space/i);
      await rm(place, { recursive: true, force: true });
    });
  },
  maySmallDisk() ? undefined : "no small disk can be mounted here (needs root)",
);
