import { execFileSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { REDIS_PROGRAMS, startRedis, until } from "../../helpers/redis.ts";
import {
  openRedisEstate,
  QUEUE_SYSTEM,
  type RedisEstate,
  said,
  withEstate,
} from "../../helpers/redis-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

vi.setConfig({ testTimeout: 240_000 });

suiteFor("Redis: servers that cannot be restored, and what goes wrong on the way", REDIS_PROGRAMS, () => {
  describe("refused by the preflight", () => {
    let estate: RedisEstate;
    let backup: string;
    beforeAll(async () => {
      estate = await openRedisEstate({
        password: "geheim",
        lines: [
          "user looker on >looking ~* +@read +ping +info",
          "user nobody off",
          "user admin on >admins ~* &* +@all",
        ],
      });
      backup = await estate.backup();
    });
    afterAll(() => estate?.stop());

    test.each([
      ["a wrong password", { QUEUE_PASSWORD: "wrong" }, 11, /WRONGPASS|NOAUTH/],
      ["no password", { QUEUE_PASSWORD: "" }, 11, /NOAUTH/],
      [
        "a port nobody listens at, no folder known",
        { QUEUE_PORT: "1", QUEUE_DATA: "/nonexistent" },
        11,
        /does not say where its files lie, or names a folder that is not here/,
      ],
    ])("%s", async (_, env, code, says) => {
      const before = await estate.server.snapshot();
      const ran = await estate.restore(["--backup", backup], env);
      expect(ran.code, said(ran)).toBe(code);
      expect(said(ran)).toMatch(says);
      expect(said(ran)).not.toContain("geheim");
      expect(await estate.server.snapshot()).toEqual(before);
    });

    test("a server in a container does not work in the folder that is called so on this machine", async () => {
      const before = await estate.server.snapshot();
      // Stands in for a published port: as a container's server it says that it is process 1.
      const contained = await estate.standIns({
        "redis-cli": `#!/bin/bash\nset -o pipefail\n/usr/bin/redis-cli "$@" | sed 's/^process_id:.*/process_id:1/'\n`,
      });
      const ran = await estate.restore(["--backup", backup], contained);
      expect(ran.code, said(ran)).toBe(11);
      expect(said(ran)).toMatch(/is no process of this machine, it may be in a container/);
      expect(await estate.server.snapshot()).toEqual(before);
    });

    test("a port that never answers is given up on, and named", async () => {
      const deaf = createServer();
      await new Promise<void>((done) => deaf.listen(0, "127.0.0.1", done));
      const address = deaf.address();
      const port = address !== null && typeof address === "object" ? String(address.port) : "";
      const ran = await estate.restore(["--backup", backup], { QUEUE_PORT: port });
      deaf.close();
      expect(ran.code).toBe(11);
      expect(said(ran)).toMatch(/does not answer: no word within 10 s/);
    });

    test("a user that may not run CONFIG: it is said which right is missing", async () => {
      await estate.writeSystem(QUEUE_SYSTEM.replace("    port:", "    user: looker\n    port:"));
      const ran = await estate.restore(["--backup", backup], { QUEUE_PASSWORD: "looking" });
      expect(ran.code).toBe(11);
      expect(said(ran)).toMatch(/CONFIG GET was refused: NOPERM/);
      const drill = await estate.restore(["--drill", "--backup", backup], { QUEUE_PASSWORD: "looking" });
      expect(drill.code, said(drill)).toBe(0);
    });

    test("an ACL user with all rights restores as the default user does", async () => {
      await estate.writeSystem(QUEUE_SYSTEM.replace("    port:", "    user: admin\n    port:"));
      const ran = await estate.restore(["--backup", backup], { QUEUE_PASSWORD: "admins" });
      expect(ran.code, said(ran)).toBe(0);
    });

    test("without a start in system.yaml nothing is stopped", async () => {
      await estate.writeSystem(QUEUE_SYSTEM.replace(/ {4}start:.*\n/, ""));
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code).toBe(11);
      expect(said(ran)).toMatch(/not known how the server of queue is started/);
      await estate.writeSystem(QUEUE_SYSTEM);
    });

    test("a replica is refused: its master would overwrite what is restored", async () => {
      const master = await startRedis();
      try {
        await estate.server.cli("REPLICAOF", "127.0.0.1", String(master.port));
        const ran = await estate.restore(["--backup", backup]);
        expect(ran.code).toBe(11);
        expect(said(ran)).toMatch(/it is a replica/);
      } finally {
        await estate.server.cli("REPLICAOF", "NO", "ONE");
        await master.stop();
      }
    });

    test("data that does not fit under maxmemory is refused before keys are thrown out", async () => {
      await estate.server.cli("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
      await estate.changeManifest(backup, (text) =>
        text.replace(/"bytes": \d+,\n "rdb"/, '"bytes": 900000000,\n "rdb"'),
      );
      await estate.server.cli("CONFIG", "SET", "maxmemory", "800mb");
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code, said(ran)).toBe(11);
      expect(said(ran)).toMatch(/keys would be thrown out \(allkeys-lru\)/);
      await estate.server.cli("CONFIG", "SET", "maxmemory", "0");
    });
  });

  test("CONFIG that was renamed is told from a server that is down", () =>
    withEstate({ lines: ['rename-command CONFIG ""'] }, async (estate) => {
      const backup = await estate.backup();
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code).toBe(11);
      expect(said(ran)).toMatch(/CONFIG GET was refused: ERR unknown command/);
      expect((await estate.restore(["--drill", "--backup", backup])).code).toBe(0);
    }));

  test("a server that runs no scripts is compared by its counts, and its values are said to be unchecked", () =>
    withEstate({ lines: ['rename-command EVAL ""'] }, async (estate) => {
      const held = await estate.server.snapshot();
      const backup = await estate.backup();
      await estate.server.cli("DEL", "user:7");
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code, said(ran)).toBe(0);
      expect(said(ran)).toMatch(/not checked +Swap: values in database 0/);
      expect(await estate.server.snapshot()).toEqual(held);
    }));

  test("a node of a cluster is refused", () =>
    withEstate({ settings: { "cluster-enabled": "no" } }, async (estate) => {
      const backup = await estate.backup();
      await estate.server.halt("nosave");
      const conf = await readFile(estate.server.conf, "utf8");
      await writeFile(estate.server.conf, conf.replace("cluster-enabled no", "cluster-enabled yes"));
      await rm(join(estate.server.dataDir, "appendonlydir"), { recursive: true });
      await estate.server.start();
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code).toBe(11);
      expect(said(ran)).toMatch(/it is a node of a cluster/);
    }));

  test("MISCONF: what is only in memory is not stopped away, unless somebody says so and why", () =>
    withEstate({ settings: { appendonly: "no", save: "3600 1" } }, async (estate) => {
      const { server } = estate;
      const backup = await estate.backup();
      await server.cli("SET", "only in memory", "1");
      // A folder in the place of its file: saving fails, even for root.
      execFileSync("sh", ["-c", 'rm -f "$1"/dump.rdb; mkdir -p "$1"/dump.rdb/x', "sh", server.dataDir]);
      await server.cli("BGSAVE").catch(() => undefined);
      await until(async () =>
        (await server.cli("INFO", "persistence")).includes("rdb_last_bgsave_status:err"),
      );
      expect(await server.cli("SET", "a", "b").catch(String)).toMatch(/MISCONF/);
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code, said(ran)).toBe(11);
      expect(said(ran)).toMatch(/saving \(MISCONF\) failed last time: the newest data is only in memory/);
      expect(await server.cli("GET", "only in memory")).toBe("1");
      const skipped = await estate.restore([
        "--backup",
        backup,
        "--skip-safety-copy",
        "--because",
        "it is only a cache",
      ]);
      expect(skipped.code, said(skipped)).toBe(23);
      expect(await server.cli("GET", "session:7")).toBe("token 7 of 0");
    }));

  test("a save that fails at the last moment stops nothing", () =>
    withEstate({ settings: { appendonly: "no", save: '""' } }, async (estate) => {
      const { server } = estate;
      const backup = await estate.backup();
      execFileSync("sh", ["-c", 'rm -f "$1"/dump.rdb; mkdir -p "$1"/dump.rdb/x', "sh", server.dataDir]);
      const before = await server.snapshot();
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code, said(ran)).toBe(20);
      expect(said(ran)).toMatch(/what is in memory could not be saved|could not be kept/);
      expect(await server.snapshot()).toEqual(before);
      expect(await server.cli("SET", "a write", "is taken")).toBe("OK");
    }));

  test.each([
    ["does not start", ["false"], /false: exit 1|nobody listens/],
    [
      "passes over the settings at its end",
      ["sh", "-c", 'redis-server "$0" --daemonize yes', "${QUEUE_CONF}"],
      /was not started by this run, or passes over the settings/,
    ],
  ])(
    "a start that %s: the old data is served again at once",
    (_, start, says) =>
      withEstate({}, async (estate) => {
        const backup = await estate.backup();
        await estate.server.cli("SET", "since the backup", "late");
        const before = await estate.server.snapshot();
        const own = `start: ${JSON.stringify(start)}`;
        await estate.writeSystem(QUEUE_SYSTEM.replace(/start:.*/, own));
        const ran = await estate.restore(["--backup", backup]);
        expect([20, 22]).toContain(ran.code);
        expect(said(ran)).toMatch(says);
        if (!(await estate.server.running())) await estate.server.start();
        expect(await estate.server.snapshot()).toEqual(before);
        expect(await estate.server.cli("SET", "a write", "is taken")).toBe("OK");
      }),
    180_000,
  );
});
