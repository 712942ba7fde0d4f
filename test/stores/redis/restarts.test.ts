import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { REDIS_PROGRAMS } from "../../helpers/redis.ts";
import { said, withEstate } from "../../helpers/redis-estate.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

vi.setConfig({ testTimeout: 240_000 });

suiteFor("Redis: what the next restart of a restored server finds", REDIS_PROGRAMS, () => {
  test("a data folder that was lost: the configuration has the append-only file on, so it is written", () =>
    withEstate({}, async ({ server, ...estate }) => {
      const held = await server.snapshot();
      const backup = await estate.backup();
      await server.halt("nosave");
      for (const name of await readdir(server.dataDir))
        await rm(join(server.dataDir, name), { recursive: true });
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code, said(ran)).toBe(0);
      expect(await server.cli("CONFIG", "GET", "appendonly")).toBe("appendonly\nyes");
      await server.restart();
      expect(await server.snapshot()).toEqual(held);

      const [run = ""] = await estate.runs();
      const undo = await estate.lifeboat(["undo", run, "--confirm", "queue"]);
      expect(undo.code, said(undo)).toBe(0);
      expect(said(undo)).toContain("leaves the server stopped as it was found");
      expect(await server.running()).toBe(false);
    }));

  test("no append-only file in the configuration: none is made", () =>
    withEstate({ settings: { appendonly: "no" } }, async ({ server, ...estate }) => {
      const held = await server.snapshot();
      const backup = await estate.backup();
      await server.halt("nosave");
      expect((await estate.restore(["--backup", backup])).code).toBe(0);
      expect(await server.cli("CONFIG", "GET", "appendonly")).toBe("appendonly\nno");
      await server.restart();
      expect(await server.snapshot()).toEqual(held);
    }));

  test("writes that a dead run keeps out are not taken for how the server was", () =>
    withEstate({}, async ({ server, ...estate }) => {
      const backup = await estate.backup();
      await server.cli("CONFIG", "SET", "min-replicas-to-write", "9999");
      const ran = await estate.restore(["--backup", backup]);
      expect(ran.code, said(ran)).toBe(11);
      expect(said(ran)).toMatch(/an earlier run died in its swap and keeps writes out/);
      expect(said(ran)).toContain("CONFIG SET min-replicas-to-write 0");
      expect((await estate.restore(["--drill", "--backup", backup])).code).toBe(0);
    }));
});
