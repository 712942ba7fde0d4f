import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { REDIS_PROGRAMS } from "../../helpers/redis.ts";
import { CACHE_RESTART, said, withEstate } from "../../helpers/redis-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const askRunbook = (sql: string): string =>
  `title: Ask\nscenario: test\nsteps:\n  - { id: ask, kind: query, store: queue, sql: "${sql}", expect: { matches: "." } }\n`;

vi.setConfig({ testTimeout: 240_000 });

suiteFor("Redis: secrets, questions, and the cache that is just restarted", REDIS_PROGRAMS, () => {
  test("the password is in no argument, output, journal, report, nor in the environment of what is started", () =>
    withEstate({ password: "canary-4711" }, async (estate) => {
      const backup = await estate.backup();
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code, said(ran)).toBe(0);
      expect(said(ran)).not.toContain("canary-4711");
      const pid = /process_id:(\d+)/.exec(await estate.server.cli("INFO", "server"))?.[1] ?? "";
      expect(await readFile(`/proc/${pid}/environ`, "utf8")).not.toMatch(/canary-4711|LIFEBOAT_RUN=/);
      const [run = ""] = await estate.runs();
      const folder = join(estate.home, "runs", run);
      for (const name of await readdir(folder, { recursive: true })) {
        const text = await readFile(join(folder, name), "utf8").catch(() => "");
        expect(text.includes("canary-4711"), name).toBe(false);
      }
      expect(await readFile(`${backup}.manifest.json`, "utf8")).not.toContain("canary-4711");
    }));

  test("a question that would change something is not asked", () =>
    withEstate({}, async (estate) => {
      for (const sql of ["FLUSHALL", "DEL user:1", "EVAL 'return 1' 0", "CONFIG SET save x"]) {
        await estate.writeRunbook("ask", askRunbook(sql));
        const ran = await estate.lifeboat(["run", "shop", "ask", "--dry-run"]);
        expect(ran.code, sql).not.toBe(0);
        expect(said(ran), sql).toMatch(/is no command that only reads/);
      }
      await estate.writeRunbook(
        "ask",
        askRunbook("-n 3 HGET user:9 name").replace('matches: "."', 'equals: "name 9"'),
      );
      const ran = await estate.lifeboat(["run", "shop", "ask", "--dry-run"]);
      expect(ran.code, said(ran)).toBe(0);
      await estate.writeRunbook("ask", askRunbook("LLEN user:9"));
      expect(said(await estate.lifeboat(["run", "shop", "ask", "--dry-run"]))).toMatch(/WRONGTYPE/);
    }));

  test("a cache is just restarted: a command and two questions are the whole runbook", () =>
    withEstate({}, async (estate) => {
      await estate.writeRunbook("cache-lost", CACHE_RESTART);
      const ran = await estate.lifeboat(["run", "shop", "cache-lost", "--live", "--confirm", "queue"]);
      expect(ran.code, said(ran)).toBe(0);
      expect(await estate.server.cli("DBSIZE")).toBe("0");
    }));
});
