import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { DOCKER_PROGRAMS, noDocker } from "../../helpers/docker.ts";
import { type FarShop, openFarShop, PASSWORD } from "../../helpers/far-shop.ts";
import { MACHINE_PROGRAMS } from "../../helpers/machine-image.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

suiteFor(
  "PostgreSQL whose programs run in its container",
  [...DOCKER_PROGRAMS, ...MACHINE_PROGRAMS],
  () => {
    let shop: FarShop;
    let whole = "";
    beforeAll(async () => {
      shop = await openFarShop();
      whole = await shop.rows("shop");
    }, 180_000);
    afterAll(() => shop?.stop());
    beforeEach(() => shop.anew());

    const newestRun = async (): Promise<string> => (await shop.runs())[0] ?? "";
    const fileOf = async (run: string, name: string): Promise<string> =>
      readFile(join(shop.home, "runs", run, name), "utf8");

    test("backup → damage → dry run → drill → live → undo → clean-up; nothing of it stays there", async () => {
      const path = await shop.takeBackup();
      expect(await shop.leftThere()).toEqual([]);
      expect(await readFile(`${path}.manifest.json`, "utf8")).toContain('"file": ');
      await shop.psql("shop", "DELETE FROM items");
      const damaged = await shop.rows("shop");

      const dry = await shop.restore(["--dry-run", "--backup", path]);
      expect(dry, dry.stdout + dry.stderr).toMatchObject({ code: 0 });
      expect(dry.stdout).toContain("DRY RUN done      1/11 Host is ready");
      expect(await shop.leftThere()).toEqual([]);

      const drill = await shop.restore(["--drill", "--backup", path]);
      expect(drill, drill.stdout + drill.stderr).toMatchObject({ code: 0 });
      expect(await shop.leftThere()).toEqual([]);
      expect(await shop.rows("shop")).toBe(damaged);

      const live = await shop.restore(["--backup", path]);
      expect(live, live.stdout + live.stderr).toMatchObject({ code: 0 });
      expect(await shop.rows("shop")).toBe(whole);
      expect(await shop.leftThere()).toEqual([]);
      const run = await newestRun();
      const plan = await fileOf(run, "plan.json");
      expect(JSON.parse(plan)).toMatchObject({
        targets: [
          {
            address: `127.0.0.1:${shop.port} on container vizora-postgres`,
            identity: {
              hostContainer: expect.stringMatching(/^[0-9a-f]{12}$/),
              hostEngine: expect.any(String),
            },
          },
        ],
      });

      const undone = await shop.lifeboat(["undo", run, "--confirm", "shop"]);
      expect(undone, undone.stdout + undone.stderr).toMatchObject({ code: 0 });
      expect(await shop.rows("shop")).toBe(damaged);
      expect(await shop.databases()).toEqual(["shop"]);
      for (const name of await readdir(join(shop.home, "runs", run), { recursive: true }))
        if (/\.(?:json|jsonl|md|log)$/.test(name))
          expect(await fileOf(run, name), name).not.toContain(PASSWORD);
    }, 180_000);

    test("a folder is sent as one archive, file by file the same there", async () => {
      const path = await shop.takeBackup({ args: ["--format", "directory"] });
      await shop.psql("shop", "DELETE FROM items");
      const live = await shop.restore(["--backup", path]);
      expect(live, live.stdout + live.stderr).toMatchObject({ code: 0 });
      expect(await shop.rows("shop")).toBe(whole);
      const run = await newestRun();
      expect(await readdir(join(shop.home, "runs", run))).not.toContain("restore.stage.sent.tar");
      const kept = (await shop.databases()).find((name) => name !== "shop") ?? "";
      const cleaned = await shop.lifeboat(["cleanup", run, "--confirm", kept]);
      expect(cleaned.stdout + cleaned.stderr).toContain("CLEANED UP");
      expect(await shop.leftThere()).toEqual([]);
      expect(await shop.databases()).toEqual(["shop"]);
    }, 180_000);

    test("replace: the safety copy lies here before the drop, and brings the old data back after a loss there", async () => {
      const path = await shop.takeBackup();
      await shop.psql("shop", "DELETE FROM items WHERE line = 2");
      const before = await shop.rows("shop");
      const live = await shop.restore(["--backup", path, "--strategy", "replace"]);
      expect(live, live.stdout + live.stderr).toMatchObject({ code: 0 });
      expect(await shop.rows("shop")).toBe(whole);
      const run = await newestRun();
      const [copy] = await readdir(join(shop.home, "runs", run, "safety"));
      expect(copy).toBe(`before-${run}-restore.dir`);
      // As a container that was made anew would have it.
      await shop.inside("rm -rf /var/tmp/lifeboat-*");
      const undone = await shop.lifeboat(["undo", run, "--confirm", "shop"]);
      expect(undone, undone.stdout + undone.stderr).toMatchObject({ code: 0 });
      expect(await shop.rows("shop")).toBe(before);
      await shop.lifeboat(["cleanup", run, "--confirm", "shop"]);
      expect(await shop.leftThere()).toEqual([]);
    }, 180_000);
  },
  noDocker(),
);
