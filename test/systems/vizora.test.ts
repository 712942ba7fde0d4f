import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { RunnerTestCase } from "vitest";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome } from "../faults/outcome.ts";
import { ESTATE_PROGRAMS } from "../helpers/compose-estate.ts";
import { noDocker } from "../helpers/docker.ts";
import { writeText } from "../helpers/operator.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import { asked } from "./eyes.ts";
import { CONTENT, RELEASE } from "./vizora-data.ts";
import { openVizoraEstate, type VizoraEstate } from "./vizora-estate.ts";

/** Under BACKUP_DIR, as the users' own scripts name them. */
const NAMES = [
  /^clickhouse\/clickhouse_data_\d{8}_\d{6}\.tar\.gz$/,
  /^clickhouse\/heartbeats_\d{8}_\d{6}\.native\.gz$/,
  /^clickhouse\/impressions_\d{8}_\d{6}\.native\.gz$/,
  /^daily\/vizora_backup_\d{8}_\d{6}\.sql\.gz$/,
  /^minio\/\d{8}_\d{6}$/,
  /^minio\/minio_data_\d{8}_\d{6}\.tar\.gz$/,
  /^mongodb\/\d{8}_\d{6}$/,
  /^redis\/dump_\d{8}_\d{6}\.rdb$/,
];

/** Everything that is typed at a gate, in one run or another. */
const NAMED = [
  "vizora",
  "vizora-content",
  "vizora_minio_data",
  "vizora_clickhouse_data",
  "vizora-redis",
  "vizora_verify",
];

/** Live, with manual steps that are done. */
const live = (...done: string[]): string[] => [
  "--live",
  ...NAMED.flatMap((name) => ["--confirm", name]),
  ...done.flatMap((step) => ["--done", step]),
];

suiteFor(
  "vizora, as its users run it",
  ESTATE_PROGRAMS,
  () => {
    vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
    let estate: VizoraEstate;
    let good: Record<string, unknown>;
    beforeAll(async () => {
      estate = await openVizoraEstate();
      await estate.stack.up();
      await estate.fill();
      await estate.pm2("start", `${estate.stack.folder}/ecosystem.config.js`, "--env", "production");
      good = await estate.truth();
    });
    afterAll(() => estate?.stop());

    const run = async (task: RunnerTestCase, runbook: string, ...done: string[]): Promise<void> =>
      expectOutcome(await estate.run(task, runbook, ...live(...done)), 0, /RECOVERED|LIVE .* DONE/);
    const online = async (): Promise<string[]> => {
      const list: { name: string; pm2_env: { status: string } }[] = JSON.parse(await estate.pm2("jlist"));
      return list.filter((app) => app.pm2_env.status === "online").map(({ name }) => name);
    };

    test("backup, online and offline: everything lies where its scripts put it", async ({ task }) => {
      for (const runbook of ["backup", "content-backup-offline", "metrics-backup-offline"])
        await run(task, runbook);
      const folders = await readdir(estate.backups);
      const names = await Promise.all(
        folders.map(async (folder) =>
          (await readdir(join(estate.backups, folder))).map((name) => `${folder}/${name}`),
        ),
      );
      const artifacts = names.flat().filter((name) => !/\.(manifest\.json|keys\.gz)$/.test(name));
      expect(artifacts.toSorted()).toEqual(NAMES.map((name) => expect.stringMatching(name)));
      expect(await estate.truth()).toEqual(good);
    });

    test("database-lost: a dry run changes nothing; live, rows are back, and middleware and realtime run", async ({
      task,
    }) => {
      await estate.database.sql(
        `DELETE FROM "Schedule" WHERE id > 9; UPDATE "User" SET email = id || '@gone'`,
      );
      const damaged = await estate.truth();
      expectOutcome(await estate.run(task, "database-lost", "--dry-run"), 0, "DRY RUN COMPLETE");
      expect(await estate.truth()).toEqual(damaged);
      await run(task, "database-lost", "tell");
      expect(await estate.truth()).toEqual(good);
      expect(await online()).toEqual(["middleware", "realtime", "web"]);
    });

    test("content-lost: deleted, damaged and foreign objects; each as it was", async ({ task }) => {
      await estate.content.delete("org-7/clip 7.mp4");
      await estate.content.put("org-8/clip 8.mp4", "MPEG of clip 9");
      await estate.content.put("org-8/not ours.mp4", "somebody else's");
      const damaged = await estate.truth();
      expectOutcome(await estate.run(task, "content-lost", "--drill"), 0, "DRILL PASSED");
      expect(await estate.truth()).toEqual(damaged);
      await run(task, "content-lost", "look");
      expect(await estate.truth()).toEqual(good);
      expect(await (await fetch(`${estate.urls.api}/content/7`)).text()).toBe("MPEG of clip 7");
    });

    test("content-lost from an old mirror, without a manifest: content that rows point at and the mirror lacks is red", async ({
      task,
    }) => {
      const mirror = join(estate.backups, "minio", "20260104");
      for (const [key, text] of Object.entries(CONTENT)) await writeText(join(mirror, key), text);
      expectOutcome(
        await estate.run(task, "content-lost", "--drill", "--backup", "20260104"),
        0,
        "DRILL PASSED",
      );
      const newer = join(estate.backups, "minio", "20260111");
      for (const [key, text] of Object.entries(CONTENT))
        if (key !== "org-7/clip 7.mp4") await writeText(join(newer, key), text);
      const red = await estate.lifeboat(["run", "vizora", "content-lost", "--drill", "--backup", "20260111"]);
      expectOutcome(red, 24, "org-7/clip 7.mp4");
    });

    test("content-lost-offline: MinIO's volume is empty; all of it is back, and MinIO runs", async ({
      task,
    }) => {
      await estate.stack.compose("stop", "minio");
      await estate.stack.engine.inside("vizora_minio_data", "rm -rf ./* ./.m*");
      await run(task, "content-lost-offline", "look");
      await estate.stack.up("minio");
      expect(await estate.truth()).toEqual(good);
    });

    test("analytics-lost, and one collection: the other keeps what is newer", async ({ task }) => {
      const { analytics } = estate;
      await analytics.collection("reports").deleteMany({});
      await analytics.collection("analytics").updateOne({ _id: 5 }, { $set: { display: 0 } });
      await run(task, "analytics-lost");
      expect(await analytics.contents()).toEqual(good["analytics"]);
      await analytics.collection("reports").insertOne({ _id: "2026-01" });
      const newer = await analytics.contents();
      await analytics.collection("analytics").drop();
      await run(task, "analytics-collection-lost");
      expect(await analytics.contents()).toEqual({ ...newer, analytics: expect.anything() });
      expect((await analytics.contents())["analytics"]).toBe(newer["analytics"]);
      await analytics.collection("reports").deleteOne({ _id: "2026-01" });
    });

    test("metrics: restarted; tables restored, and no row is there twice; the volume restored", async ({
      task,
    }) => {
      await run(task, "metrics-restart");
      await estate.metrics.ask("DROP TABLE vizora.device_heartbeats");
      await run(task, "metrics-lost");
      expect(await estate.metrics.sums()).toEqual(good["metrics"]);
      await estate.stack.compose("stop", "clickhouse");
      await estate.stack.engine.inside("vizora_clickhouse_data", "rm -rf data metadata");
      await run(task, "metrics-lost-offline", "look");
      await estate.stack.up("clickhouse");
      expect(await estate.metrics.sums()).toEqual(good["metrics"]);
    });

    test("cache-lost and cache-restore: an empty cache is enough; sessions come back when they are wanted", async ({
      task,
    }) => {
      const sessions = await estate.cache.snapshot();
      await estate.cache.cli("FLUSHALL");
      await run(task, "cache-lost");
      expect((await asked(`${estate.urls.api}/health`))[0]).toBe(200);
      await run(task, "cache-restore");
      expect(await estate.cache.snapshot()).toEqual(sessions);
    });

    test("verify-backups: agrees with production, and is red when a backup holds much less than production", async ({
      task,
    }) => {
      const ran = await estate.run(task, "verify-backups", ...live("others"));
      expectOutcome(ran, 0, /LIVE +ended +DONE/);
      await estate.database.sql(
        `INSERT INTO "Display" (name, "organizationId") SELECT 'new', 1 FROM generate_series(1, 40)`,
      );
      const red = await estate.lifeboat(["run", "vizora", "verify-backups", ...live("others")]);
      expectOutcome(red, 24, /differ: 150 and 190/);
      await estate.database.sql(`DELETE FROM "Display" WHERE name = 'new'`);
      expect(await estate.truth()).toEqual(good);
    });

    test("full-restore: every container and volume is gone; the dashboard shows what was there, and displays come back", async ({
      task,
    }) => {
      await estate.pm2("delete", "all");
      await estate.stack.lose();
      await writeText(join(estate.stack.folder, "packages/database/migrations", RELEASE.name), RELEASE.text);
      const displays = Array.from({ length: 5 }, (_none, id) =>
        setInterval(() => {
          fetch(`${estate.urls.realtime}/devices/display-${id}`, { method: "POST" }).catch(() => undefined);
        }, 500),
      );
      try {
        const done = ["server", "devices", "backups-again", "write-it-down"];
        const ran = await estate.run(task, "full-restore", ...live(...done));
        expectOutcome(ran, 0, "RECOVERED");
        expect(await estate.truth()).toEqual(good);
        expect(await estate.database.sql(`SELECT name FROM "DisplayGroup"`)).toBe("all");
        await expect
          .poll(async () => (await asked(`${estate.urls.realtime}/devices`))[1], { timeout: 20_000 })
          .toEqual({ online: 5 });
      } finally {
        displays.forEach(clearInterval);
      }
      const login = { email: "user7@vizora.example", password: "pw7" };
      expect((await asked(`${estate.urls.api}/api/v1/auth/login`, login))[0]).toBe(200);
      expect(await (await fetch(estate.urls.web)).text()).toContain("Vizora dashboard");
    });
  },
  noDocker(),
);
