import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome } from "../faults/outcome.ts";
import { ESTATE_PROGRAMS } from "../helpers/compose-estate.ts";
import { noDocker } from "../helpers/docker.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import { asked } from "./eyes.ts";
import { live } from "./live.ts";
import { type GrillEstate, openGrillEstate } from "./grill-stats-estate.ts";
import { backUp, NAME } from "./grill-stats-stores.ts";

const STORES = ["postgres", "influxdb", "redis"];

suiteFor(
  "grill-stats in development: a compose project, reached inside of its containers",
  ESTATE_PROGRAMS,
  () => {
    vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
    let estate: GrillEstate;
    let good: unknown;
    beforeAll(async () => {
      estate = await openGrillEstate();
      await estate.stack.up(...STORES);
      await estate.fill();
      await estate.stack.up();
      good = await estate.truth();
      await backUp(estate);
    });
    afterAll(() => estate?.stop());

    const appRuns = async (): Promise<void> => {
      expect(await estate.stack.stateOf("app")).toMatch(/^running/);
      expect(await asked(`${estate.url}/health`)).toMatchObject([200, { status: "ok" }]);
    };

    test("backups lie in the volume of db-backup, in the tree and under the names its scripts use", async () => {
      const found = await estate.stack.exec("db-backup", ["find", "/backups", "-type", "f"]);
      const names = found.split("\n").filter((name) => name !== "" && !name.endsWith(".manifest.json"));
      expect(names.toSorted()).toEqual([
        expect.stringMatching(/^\/backups\/influxdb\/daily\/grill_stats_\d{8}_\d{6}\.tar\.gz$/),
        expect.stringMatching(/^\/backups\/postgres\/daily\/grill_stats_\d{8}_\d{6}\.sql\.gz$/),
        expect.stringMatching(/^\/backups\/redis\/daily\/redis_\d{8}_\d{6}\.rdb\.gz$/),
      ]);
    });

    test("database-restore: of a custom dump that is named .sql.gz, as their scripts make it; a rehearsal changes nothing", async ({
      task,
    }) => {
      const name = "grill_stats_20260101_010000.sql.gz";
      const dump = `pg_dump -Fc -h 127.0.0.1 -p ${estate.env["DB_PORT"]} -U grill_stats grill_stats > /backups/postgres/daily/${name}`;
      const password = `PGPASSWORD='${estate.env["DB_PASSWORD"]}'`;
      await estate.stack.exec("db-backup", ["sh", "-c", `export ${password}; ${dump}`]);
      await estate.database.sql("DELETE FROM alerts; UPDATE users SET password_hash = ''");
      const damaged = await estate.truth();
      const of = ["--backup", name];
      expectOutcome(await estate.run(task, "database-restore", "--dry-run", ...of), 0, "DRY RUN COMPLETE");
      expectOutcome(await estate.run(task, "database-restore", "--drill", ...of), 0, "DRILL PASSED");
      expect(await estate.truth()).toEqual(damaged);
      const ran = await estate.run(task, "database-restore", ...live([NAME], "tell"), ...of);
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      await appRuns();
    });

    test("temperatures-restore: dropped readings are back", async ({ task }) => {
      await estate.influx("DROP SERIES FROM temperature WHERE grill = 'g3'");
      const damaged = await estate.truth();
      expectOutcome(await estate.run(task, "temperatures-restore", "--drill"), 0, "DRILL PASSED");
      expect(await estate.truth()).toEqual(damaged);
      const ran = await estate.run(task, "temperatures-restore", ...live([NAME], "look"));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      await appRuns();
    });

    test("cache-restore: with the append-only file on, what was flushed is back and outlives a restart", async ({
      task,
    }) => {
      await estate.cache.cli("FLUSHALL");
      const ran = await estate.run(task, "cache-restore", ...live(["grill-stats-redis"]));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      await estate.stack.compose("restart", "redis");
      await estate.stack.up();
      expect(await estate.truth()).toEqual(good);
      expect(await estate.cache.cli("CONFIG", "GET", "appendonly")).toContain("yes");
    });

    test("backup-jobs: well while db-backup runs, and not when it has stopped", async ({ task }) => {
      expectOutcome(await estate.run(task, "backup-jobs", ...live([], "today")), 0, "DONE");
      await estate.stack.compose("stop", "db-backup");
      expectOutcome(await estate.run(task, "backup-jobs", ...live([], "today")), 20, "does not run");
      await estate.stack.up("db-backup");
    });

    test("game-day: practised into databases of its own, which are gone afterwards", async ({ task }) => {
      expectOutcome(await estate.run(task, "game-day", "--drill"), 0, "DRILL PASSED");
      const done = ["failure", "cache", "measure", "findings"];
      const ran = await estate.run(task, "game-day", ...live(["grill_stats_game_day"], ...done));
      expectOutcome(ran, 0, /LIVE +ended +DONE/);
      expect(await estate.truth()).toEqual(good);
      expect(await estate.database.sql("SELECT count(*) FROM pg_database WHERE datname LIKE '%game%'")).toBe(
        "0",
      );
      expect(await estate.temperatures.databases()).not.toContain("grill_stats_game_day");
    });

    test("failover: the primary is gone, the replica is promoted, takes writes and serves the application", async ({
      task,
    }) => {
      await estate.stack.compose("kill", "postgres");
      await estate.lead("replica");
      const targets = ["compose-replica", "compose-stack"];
      const ran = await estate.run(task, "failover", ...live(targets, "choose", "lead", "backup"));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth(estate.replica)).toEqual(good);
      await estate.replica.sql("CREATE TABLE written (); DROP TABLE written");
      await appRuns();
      await estate.lead("primary");
    });

    test("full-restore: every container and volume but the backups' is gone; all of it is back, and readings go on", async ({
      task,
    }) => {
      await estate.lose();
      const done = ["place", "resync", "backups-again", "write-it-down"];
      const targets = [NAME, "grill-stats-redis"];
      const ran = await estate.run(task, "full-restore", ...live(targets, ...done));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      await appRuns();
      await estate.temperatures.write(NAME, ["temperature,grill=g1 celsius=99 1777680000000000000"]);
      expect(await readdir(join(estate.env["BACKUP_DIR"] ?? "", "postgres", "daily"))).toHaveLength(3);
    });
  },
  noDocker(),
);
