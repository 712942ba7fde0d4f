import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DOCKER_PROGRAMS, noDocker } from "../../../helpers/docker.ts";
import { REDIS_PROGRAMS } from "../../../helpers/redis.ts";
import {
  CACHE_SYSTEM,
  openRedisContainerEstate,
  type RedisContainerEstate,
} from "../../../helpers/redis-container.ts";
import { said } from "../../../helpers/redis-estate.ts";
import type { RedisSnapshot } from "../../../helpers/redis-snapshot.ts";
import { suiteFor } from "../../../helpers/suite-for.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 });

const KEPT = [expect.stringMatching(/^lifeboat-before-/)];

suiteFor(
  "Redis in a container: restored, proven and taken back",
  [...REDIS_PROGRAMS, ...DOCKER_PROGRAMS],
  () => {
    let estate: RedisContainerEstate;
    let held: RedisSnapshot;
    let backup: string;

    const damage = async (): Promise<RedisSnapshot> => {
      await estate.server.cli("DEL", "user:7", "bull:queue:1");
      await estate.server.cli("SET", "since the backup", "late");
      return estate.server.snapshot();
    };
    const left = async (): Promise<string[]> => [
      ...(await estate.server.files(/^lifeboat-/)),
      ...(await estate.engine.docker("ps", "-aq", "--filter", "label=lifeboat.run"))
        .split("\n")
        .filter(Boolean),
    ];
    const undo = async (): Promise<void> => {
      const [run = ""] = await estate.runs();
      const ran = await estate.lifeboat(["undo", run, "--confirm", "queue"]);
      expect(ran.code, said(ran)).toBe(0);
    };

    describe("with an append-only file and a password", () => {
      beforeAll(async () => {
        estate = await openRedisContainerEstate({ password: "geheim" });
        held = await estate.server.snapshot();
        backup = await estate.backup("rdb.gz");
      });
      afterAll(() => estate?.stop());

      test("backup → damage → dry run → drill → live → restart → undo → the old data is back", async () => {
        const { server } = estate;
        const damaged = await damage();
        const dry = await estate.restore(["--dry-run", "--backup", backup]);
        expect(dry.code, said(dry)).toBe(0);
        const drill = await estate.restore(["--drill", "--backup", backup]);
        expect(drill.code, said(drill)).toBe(0);
        expect(await server.snapshot()).toEqual(damaged);
        expect(await left()).toEqual([]);

        const live = await estate.restore(["--backup", backup]);
        expect(live.code, said(live)).toBe(0);
        expect(await server.snapshot()).toEqual(held);
        expect(await server.cli("CONFIG", "GET", "appendonly")).toBe("appendonly\nyes");
        expect(await server.cli("SET", "a write", "is taken")).toBe("OK");
        await server.cli("DEL", "a write");
        expect(await left()).toEqual(KEPT);
        // Nothing but the container's own command: what was restored is still there.
        await server.restart();
        expect(await server.snapshot()).toEqual(held);

        await undo();
        expect(await server.snapshot()).toEqual(damaged);
        expect(await left()).toEqual([]);
        await server.restart();
        expect(await server.snapshot()).toEqual(damaged);
      });

      test("clean-up removes the kept files from the volume when their path is typed", async () => {
        const ran = await estate.restore(["--backup", backup]);
        expect(ran.code, said(ran)).toBe(0);
        const [run = ""] = await estate.runs();
        const [kept = ""] = await left();
        expect((await estate.lifeboat(["cleanup", run])).code).toBe(30);
        expect(await left()).toEqual([kept]);
        const cleaned = await estate.lifeboat(["cleanup", run, "--confirm", `/data/${kept}`]);
        expect(cleaned.code, said(cleaned)).toBe(0);
        expect(await left()).toEqual([]);
        expect(await estate.server.snapshot()).toEqual(held);
      });

      test("the verification of the live server names what differs, and is asked inside the container", async () => {
        await estate.writeRunbook(
          "compare",
          "title: Compare\nscenario: is the queue as in the backup?\nsteps:\n  - { id: compare, kind: verify, store: queue }\n  - { id: asked, kind: query, store: queue, sql: LLEN bull:queue:2, expect: { equals: 3 } }\n",
        );
        await estate.server.cli("DEL", "set:3");
        const red = await estate.lifeboat([
          "run",
          "shop",
          "compare",
          "--live",
          "--confirm",
          "queue",
          "--backup",
          backup,
        ]);
        expect(red.code, said(red)).toBe(24);
        expect(red.stdout).toContain("1 missing in database 0: set:3 (missing)");
      });

      test("what has run out since the backup is not missed, though the append-only file's loader lets it in", async () => {
        const { server } = estate;
        await server.cli("SET", "soon gone", "1", "PX", "9000");
        await server.cli("SET", "later gone", "1", "EX", "7000");
        const soon = await estate.backup("rdb");
        await server.cli("DEL", "user:7");
        while ((await server.cli("EXISTS", "soon gone")) === "1") await server.cli("PING");
        const ran = await estate.restore(["--backup", soon]);
        expect(ran.code, said(ran)).toBe(0);
        expect(await server.cli("EXISTS", "soon gone")).toBe("0");
        expect(await server.cli("EXISTS", "later gone", "user:7")).toBe("2");
      });
    });

    describe("without an append-only file", () => {
      beforeAll(async () => {
        estate = await openRedisContainerEstate({ settings: { appendonly: "no", save: "3600 1" } });
        held = await estate.server.snapshot();
        backup = await estate.backup("rdb");
      });
      afterAll(() => estate?.stop());

      test("what was only in memory is kept and comes back; nothing of an append-only file is left that a later one would load", async () => {
        const { server } = estate;
        await server.cli("SAVE");
        const damaged = await damage();
        const live = await estate.restore(["--backup", backup]);
        expect(live.code, said(live)).toBe(0);
        expect(await server.snapshot()).toEqual(held);
        expect(await server.files(/append/)).toEqual([]);
        await undo();
        expect(await server.snapshot()).toEqual(damaged);
        await server.inside("rm -r /data/lifeboat-before-*");
        await server.restart();
        expect(await server.snapshot()).toEqual(damaged);
      });

      test("a container that is stopped is restored, and left stopped by an undo", async () => {
        const { server, engine } = estate;
        const before = await damage();
        await engine.docker("stop", server.name);
        const live = await estate.restore(["--backup", backup]);
        expect(live.code, said(live)).toBe(0);
        expect(await server.snapshot()).toEqual(held);
        expect(await server.cli("CONFIG", "GET", "min-replicas-to-write")).toBe("min-replicas-to-write\n0");
        await undo();
        expect(await server.state()).toBe("exited");
        expect(await left()).toEqual([]);
        await engine.docker("start", server.name);
        await server.up();
        expect(await server.snapshot()).toEqual(before);
      });

      test("a container that cannot start for its damaged files starts again with the backup", async () => {
        const { server, engine } = estate;
        await engine.docker("update", "--restart", "always", server.name);
        await engine.docker("stop", server.name);
        await server.inside("head -c 200 /data/dump.rdb > /data/cut && cat /data/cut > /data/dump.rdb");
        await engine.docker("start", server.name);
        const live = await estate.restore(["--backup", backup]);
        expect(live.code, said(live)).toBe(0);
        expect(said(live)).toMatch(/starts again and again|the engine says of its container/);
        expect(await server.snapshot()).toEqual(held);
        await engine.docker("update", "--restart", "no", server.name);
      });

      test("a safety copy alone is a backup that can be restored", async () => {
        await estate.writeRunbook(
          "safe",
          "title: Safety copy\nscenario: before an upgrade\nsteps:\n  - { id: safe, kind: safety-copy, store: queue }\n",
        );
        const before = await estate.server.snapshot();
        const safety = join(estate.folder, "safety");
        await estate.writeSystem(
          CACHE_SYSTEM.replace("    server:", `    safety-copies: ${safety}\n    server:`),
        );
        const ran = await estate.lifeboat(["run", "shop", "safe", "--live", "--confirm", "queue"]);
        expect(ran.code, said(ran)).toBe(0);
        const [name = ""] = await readdir(safety);
        await estate.server.cli("FLUSHALL");
        const back = await estate.restore(["--backup", join(safety, name)]);
        expect(back.code, said(back)).toBe(0);
        expect(await estate.server.snapshot()).toEqual(before);
      });
    });
  },
  noDocker(),
);
