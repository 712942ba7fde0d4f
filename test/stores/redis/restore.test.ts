import { existsSync } from "node:fs";
import { copyFile, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { REDIS_PROGRAMS, startRedis } from "../../helpers/redis.ts";
import { openRedisEstate, QUEUE_SYSTEM, type RedisEstate } from "../../helpers/redis-estate.ts";
import type { RedisSnapshot } from "../../helpers/redis-snapshot.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { whileRepeating } from "../../helpers/while-repeating.ts";

const BEFORE = /^lifeboat-before-/;

vi.setConfig({ testTimeout: 240_000 });

suiteFor("Redis: restored, proven and taken back on a real server", REDIS_PROGRAMS, () => {
  let estate: RedisEstate;
  let held: RedisSnapshot;
  let backup: string;

  const files = async (pattern: RegExp): Promise<string[]> =>
    (await readdir(estate.server.dataDir)).filter((name) => pattern.test(name));
  const damage = async (): Promise<RedisSnapshot> => {
    await estate.server.cli("DEL", "user:7", "bull:queue:1");
    await estate.server.cli("SET", "since the backup", "late");
    return estate.server.snapshot();
  };

  describe("with an append-only file and a password", () => {
    beforeAll(async () => {
      estate = await openRedisEstate({ password: "geheim" });
      held = await estate.server.snapshot();
      backup = await estate.backup("rdb.gz");
    });
    afterAll(() => estate?.stop());

    test("backup → damage → dry run → drill → live → restart → undo → the old data is back", async () => {
      const damaged = await damage();
      const dry = await estate.restore(["--dry-run", "--backup", backup]);
      expect(dry.code, dry.stderr).toBe(0);
      const drill = await estate.restore(["--drill", "--backup", backup]);
      expect(drill.code, drill.stdout).toBe(0);
      expect(drill.stdout).toContain("queue is as it was: this run did not touch it");
      expect(await estate.server.snapshot()).toEqual(damaged);
      expect(await files(/^lifeboat-/)).toEqual([]);

      const live = await estate.restore(["--backup", backup]);
      expect(live.code, live.stdout).toBe(0);
      expect(await estate.server.snapshot()).toEqual(held);
      expect(await estate.server.cli("CONFIG", "GET", "appendonly")).toBe("appendonly\nyes");
      expect(await estate.server.cli("SET", "a write", "is taken")).toBe("OK");
      await estate.server.cli("DEL", "a write");
      // By the team's own start, with the append-only file on: what was restored is still there.
      await estate.server.restart();
      expect(await estate.server.snapshot()).toEqual(held);
      expect(await files(BEFORE)).toHaveLength(1);
      expect(await files(/^lifeboat-restore-/)).toEqual([]);

      const [run = ""] = await estate.runs();
      const undo = await estate.lifeboat(["undo", run, "--confirm", "queue"]);
      expect(undo.code, undo.stdout).toBe(0);
      expect(await estate.server.snapshot()).toEqual(damaged);
      expect(await files(/^lifeboat-/)).toEqual([]);
      await estate.server.restart();
      expect(await estate.server.snapshot()).toEqual(damaged);
    });

    test("clean-up removes the kept files when their path is typed, and nothing else", async () => {
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code, ran.stdout).toBe(0);
      const [run = ""] = await estate.runs();
      const [kept = ""] = await files(BEFORE);
      const path = join(estate.server.dataDir, kept);
      const refused = await estate.lifeboat(["cleanup", run]);
      expect(refused.code).toBe(30);
      expect(existsSync(path)).toBe(true);
      const cleaned = await estate.lifeboat(["cleanup", run, "--confirm", path]);
      expect(cleaned.code, cleaned.stdout).toBe(0);
      expect(existsSync(path)).toBe(false);
      expect(await estate.server.snapshot()).toEqual(held);
    });

    test.each(["rdb", "rdb.zst"])(
      "a %s is restored without a manifest as far as possible, and says what it could not check",
      async (format) => {
        const path = await estate.backup(format);
        const magic = (await readFile(path)).subarray(0, 5).toString("latin1");
        expect(magic === "REDIS").toBe(format === "rdb");
        await rm(`${path}.manifest.json`);
        await damage();
        const ran = await estate.restore(["--backup", path]);
        expect(ran.code, ran.stdout).toBe(0);
        expect(ran.stdout).toMatch(/not checked: values|values; why: the backup has no manifest/);
        expect(await estate.server.snapshot()).toEqual(held);
      },
    );

    test("the verification of a live server is green for what was backed up, and names the key that differs", async () => {
      await estate.writeRunbook(
        "compare",
        "title: Compare\nscenario: is the queue as in the backup?\nsteps:\n  - { id: compare, kind: verify, store: queue }\n",
      );
      const compare = (): ReturnType<RedisEstate["lifeboat"]> =>
        estate.lifeboat(["run", "shop", "compare", "--live", "--confirm", "queue", "--backup", backup]);
      await estate.restore(["--backup", backup]);
      const green = await compare();
      expect(green.code, green.stdout).toBe(0);
      await estate.server.cli("-n", "3", "HSET", "user:9", "name", "name 0");
      await estate.server.cli("DEL", "set:3");
      const red = await compare();
      expect(red.code).toBe(24);
      expect(red.stdout).toContain("1 missing in database 0: set:3 (missing)");
      expect(red.stdout).toContain("database 3: user:9 (another value)");
      await estate.restore(["--backup", backup]);
    });

    test("clients see the old data, refusals, the new data, and no write is taken that an undo would lose unseen", async () => {
      await damage();
      const seen: string[] = [];
      const readAndWrite = async (): Promise<void> => {
        seen.push(await estate.server.cli("EXISTS", "user:7").catch(() => "refused"));
        seen.push(
          `write ${(await estate.server.cli("SET", "hammer", "x").catch(() => "refused")).slice(0, 10)}`,
        );
      };
      const ran = await whileRepeating(readAndWrite, () => estate.restore(["--backup", backup]));
      expect(ran.code, ran.stdout).toBe(0);
      const reads = seen.filter((one) => !one.startsWith("write") && !/refused|LOADING/.test(one));
      expect(reads.lastIndexOf("0")).toBeLessThan(reads.indexOf("1"));
      expect(new Set(seen.filter((one) => one.startsWith("write")))).toContain("write NOREPLICAS");
      await estate.server.cli("DEL", "hammer");
    });
  });

  describe("without an append-only file", () => {
    beforeAll(async () => {
      estate = await openRedisEstate({ settings: { appendonly: "no", save: "3600 1" } });
      held = await estate.server.snapshot();
      backup = await estate.backup("rdb");
    });
    afterAll(() => estate?.stop());
    // A failed test may have left it stopped.
    afterEach(async () => {
      if (!(await estate.server.running())) await estate.server.start();
    });

    test("what was only in memory is kept and comes back; an older file on disk is not lost either", async () => {
      await estate.server.cli("SAVE");
      const onDisk = await readFile(join(estate.server.dataDir, "dump.rdb"));
      const damaged = await damage();
      const live = await estate.restore(["--backup", backup]);
      expect(live.code, live.stdout).toBe(0);
      expect(live.stdout).toMatch(/Only in memory, and saved first: \d+ change/);
      expect(await estate.server.snapshot()).toEqual(held);
      expect(await estate.server.cli("CONFIG", "GET", "appendonly")).toBe("appendonly\nno");
      const [run = ""] = await estate.runs();
      const undo = await estate.lifeboat(["undo", run, "--confirm", "queue"]);
      expect(undo.code, undo.stdout).toBe(0);
      expect(await estate.server.snapshot()).toEqual(damaged);
      const [left = ""] = await files(BEFORE);
      expect(await readFile(join(estate.server.dataDir, left, "earlier.rdb"))).toEqual(onDisk);
      await rm(join(estate.server.dataDir, left), { recursive: true });
    });

    test("a server that is stopped is restored from its folder, and left stopped by an undo", async () => {
      const before = await damage();
      await estate.server.halt("save");
      const live = await estate.restore(["--backup", backup]);
      expect(live.code, live.stdout + live.stderr).toBe(0);
      expect(await estate.server.snapshot()).toEqual(held);
      const [run = ""] = await estate.runs();
      const undo = await estate.lifeboat(["undo", run, "--confirm", "queue"]);
      expect(undo.code, undo.stdout).toBe(0);
      expect(await estate.server.running()).toBe(false);
      expect(await files(/^lifeboat-/)).toEqual([]);
      await estate.server.start();
      expect(await estate.server.snapshot()).toEqual(before);
    });

    test("a folder that another server works in is not touched, whatever the port says", async () => {
      const before = await estate.server.snapshot();
      const ran = await estate.restore(["--backup", backup], { QUEUE_PORT: "1" });
      expect(ran.code, ran.stdout).toBe(11);
      expect(ran.stdout).toMatch(/nobody listens at 127.0.0.1:1, and process \d+ works in/);
      expect(await estate.server.snapshot()).toEqual(before);
      expect(await estate.server.cli("SET", "a write", "is taken")).toBe("OK");
    });

    test("a safety copy alone is a backup that can be restored", async () => {
      await estate.writeRunbook(
        "safe",
        "title: Safety copy\nscenario: before an upgrade\nsteps:\n  - { id: safe, kind: safety-copy, store: queue }\n",
      );
      await estate.server.cli("DEL", "bull:queue:1");
      await estate.server.cli("RPUSH", "bull:queue:1", "a", "b", "c");
      const before = await estate.server.snapshot();
      const safety = join(estate.folder, "safety");
      await estate.writeSystem(
        QUEUE_SYSTEM.replace("    start:", `    safety-copies: ${safety}\n    start:`),
      );
      const ran = await estate.lifeboat(["run", "shop", "safe", "--live", "--confirm", "queue"]);
      expect(ran.code, ran.stdout).toBe(0);
      const [name = ""] = await readdir(safety);
      await estate.server.cli("FLUSHALL");
      const back = await estate.restore(["--backup", join(safety, name)]);
      expect(back.code, back.stdout).toBe(0);
      expect(await estate.server.snapshot()).toEqual(before);
    });
  });

  test("the way by hand that looks right loses everything: the append-only file hides a restored RDB", async () => {
    const server = await startRedis();
    try {
      await server.fill();
      const rdb = join(server.folder, "backup.rdb");
      await server.cli("--rdb", rdb);
      await server.halt("nosave");
      await rm(join(server.dataDir, "appendonlydir"), { recursive: true });
      await rm(join(server.dataDir, "dump.rdb"), { force: true });
      await copyFile(rdb, join(server.dataDir, "dump.rdb"));
      await server.start();
      expect(await server.cli("DBSIZE")).toBe("0");
      await server.cli("SAVE");
      expect((await readFile(join(server.dataDir, "dump.rdb"))).length).toBeLessThan(200);
    } finally {
      await server.stop();
    }
  });
});
