import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome } from "../faults/outcome.ts";
import { ESTATE_PROGRAMS } from "../helpers/compose-estate.ts";
import { noDocker } from "../helpers/docker.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import { asked } from "./eyes.ts";
import { live } from "./live.ts";
import { shippedRunbooks } from "./shipped.ts";
import { openVendhubEstate, type VendhubEstate } from "./vendhub-estate.ts";

const NAMES = [
  /^vendhub_db_\d{8}_\d{6}\.sql\.gz$/,
  /^vendhub_minio_\d{8}_\d{6}\.tar\.gz$/,
  /^vendhub_redis_\d{8}_\d{6}\.rdb$/,
];
const STORES = ["postgres", "redis", "minio"];
const WRITERS = ["backend", "commission-worker", "job-scheduler"];

suiteFor(
  "vendhub, as its users run it",
  ESTATE_PROGRAMS,
  () => {
    vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
    let estate: VendhubEstate;
    let good: unknown;
    beforeAll(async () => {
      estate = await openVendhubEstate();
      await estate.stack.up(...STORES);
      await estate.fill();
      await estate.stack.up();
      good = await estate.truth();
    });
    afterAll(() => estate?.stop());

    const beats = async (): Promise<number> =>
      Number(await estate.database.sql("SELECT count(*) FROM beats"));
    const allRun = async (): Promise<void> => {
      for (const service of WRITERS) expect(await estate.stack.stateOf(service)).toMatch(/^running/);
    };

    test("backup: of all three stores, under the names that its scripts gave them", async ({ task }) => {
      const ran = await estate.run(task, "backup", ...live(["vendhub", "vendhub-redis"], "off-site"));
      expectOutcome(ran, 0, "DONE");
      const names = (await readdir(estate.backups)).filter((name) => /\.(gz|rdb)$/.test(name));
      expect(names.filter((name) => NAMES.some((pattern) => pattern.test(name)))).toHaveLength(3);
    });

    test("every runbook can be rehearsed dry, and changes nothing", async ({ task }) => {
      for (const runbook of shippedRunbooks("vendhub"))
        expectOutcome(await estate.run(task, runbook, "--dry-run"), 0, "DRY RUN COMPLETE");
      expect(await estate.truth()).toEqual(good);
    });

    test("database-restore: a rehearsal changes nothing; live, lost rows are back, and what was stopped writes again", async ({
      task,
    }) => {
      await estate.database.sql("DELETE FROM sales WHERE id > 100; UPDATE users SET password_hash = ''");
      const damaged = await estate.truth();
      expectOutcome(await estate.run(task, "database-restore", "--drill"), 0, "DRILL PASSED");
      expect(await estate.truth()).toEqual(damaged);
      await allRun();
      const ran = await estate.run(task, "database-restore", ...live(["vendhub"], "tell"));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      await allRun();
      const then = await beats();
      await expect.poll(beats, { timeout: 20_000 }).toBeGreaterThan(then);
    });

    test("files-restore: deleted and overwritten files are as they were", async ({ task }) => {
      await estate.files.delete("products/7/photo.jpg");
      await estate.files.put("products/8/photo.jpg", "somebody else's photo");
      const ran = await estate.run(task, "files-restore", ...live(["vendhub"], "look"));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      const photo = await fetch(`${estate.url}/content/7`);
      expect(await photo.text()).toBe("JPEG of product 7");
    });

    test("monthly-test: restored into a database of its own, which is gone afterwards", async ({ task }) => {
      const ran = await estate.run(
        task,
        "monthly-test",
        ...live(["vendhub_restore_test"], "queue-and-files"),
      );
      expectOutcome(ran, 0, /LIVE +ended +DONE/);
      expect(await estate.truth()).toEqual(good);
      expect(
        await estate.database.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'vendhub_%test%'"),
      ).toBe("0");
    });

    test("queue-restore: jobs that were flushed wait again, and outlive a restart; undone, they are gone again", async ({
      task,
    }) => {
      await estate.queue.cli("FLUSHALL");
      const damaged = await estate.truth();
      const ran = await estate.run(task, "queue-restore", ...live(["vendhub-redis"]));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      await estate.stack.compose("restart", "redis");
      await estate.stack.up();
      expect(await asked(`${estate.url}/health/queues`)).toEqual([
        200,
        { status: "ok", queues: { commission: { wait: 300, active: 0, failed: 1 } } },
      ]);
      expectOutcome(await estate.lifeboat(["undo", "latest", "--confirm", "vendhub-redis"]), 0, "UNDONE");
      expect(await estate.truth()).toEqual(damaged);
    });

    test("complete-recovery: every container and volume is gone; users log in again and see their machines' sales", async ({
      task,
    }) => {
      await estate.stack.lose();
      const done = ["server", "configuration", "backend-log", "backups-again", "write-it-down"];
      const ran = await estate.run(task, "complete-recovery", ...live(["vendhub", "vendhub-redis"], ...done));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      await allRun();
      const [status, token] = await asked(`${estate.url}/api/v1/auth/login`, {
        email: "user7@vendhub.example",
        password: "pw7",
      });
      expect([status, token]).toEqual([200, { token: expect.any(String) }]);
    });
  },
  noDocker(),
);
