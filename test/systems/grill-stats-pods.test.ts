import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome } from "../faults/outcome.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import { asked } from "./eyes.ts";
import { CLUSTER_PROGRAMS, type GrillCluster, openGrillCluster } from "./grill-stats-cluster.ts";
import { backUp } from "./grill-stats-stores.ts";
import { live } from "./live.ts";

const SHIPPED = join(import.meta.dirname, "../../runbooks/grill-stats");
const AS_BEFORE = { app: 2, influxdb: 1, postgres: 1, redis: 1 };
const RUNBOOKS = [
  "backup",
  "backup-jobs",
  "cache-restore",
  "database-restore",
  "failover",
  "full-restore",
  "game-day",
  "temperatures-restore",
];

suiteFor(
  "grill-stats in production: pods of a cluster that is none, their servers real, kubectl real but for exec",
  CLUSTER_PROGRAMS,
  () => {
    vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
    let estate: GrillCluster;
    let good: unknown;
    beforeAll(async () => {
      estate = await openGrillCluster();
      await estate.fill();
      good = await estate.truth();
      await backUp(estate);
    });
    afterAll(() => estate?.stop());

    /** Whatever happens in between, in the end every workload has the replicas it had, and the application serves. */
    const asBefore = async (): Promise<void> => {
      expect(await estate.replicas()).toEqual(AS_BEFORE);
      expect(await asked(`${estate.url}/health`)).toMatchObject([200, { status: "ok" }]);
    };
    /** From how many replicas to how many the application was told to go. */
    const scaled = (): string[] =>
      estate.changes.flatMap((change) => {
        // A number that is 0 is left out by the real client.
        const told = /deployments\/app\/scale .*"spec":\{(?:"replicas":(\d+))?/.exec(change);
        return told === null ? [] : [told[1] ?? "0"];
      });

    // Without servers every shipped runbook is planned in every mode elsewhere; here the pods are asked.
    test("every runbook is linted and can be planned live, and no plan changes anything", async () => {
      expectOutcome(await estate.lifeboat(["lint", SHIPPED]), 0);
      for (const runbook of RUNBOOKS)
        expectOutcome(await estate.lifeboat(["plan", "grill-stats", runbook, "--mode", "live"]), 0);
      expect(estate.changes).toEqual([]);
      expect(await estate.truth()).toEqual(good);
    });

    test("database-restore: the application is scaled to 0 and back to the number it had; what was lost is back", async ({
      task,
    }) => {
      await estate.database.sql("DELETE FROM alerts; UPDATE users SET password_hash = ''");
      const damaged = await estate.truth();
      expectOutcome(await estate.run(task, "database-restore", "--dry-run"), 0, "DRY RUN COMPLETE");
      expectOutcome(await estate.run(task, "database-restore", "--drill"), 0, "DRILL PASSED");
      expect(await estate.truth()).toEqual(damaged);
      expect(estate.changes).toEqual([]);
      const ran = await estate.run(task, "database-restore", ...live(["grill_stats"], "tell"));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      expect(scaled()).toEqual(["0", "2"]);
      await asBefore();
    });

    test("temperatures-restore: dropped readings are back", async ({ task }) => {
      await estate.influx("DROP SERIES FROM temperature WHERE grill = 'g3'");
      const ran = await estate.run(task, "temperatures-restore", ...live(["grill_stats"], "look"));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      await asBefore();
    });

    test("cache-restore: taken over without a restart, into the append-only file too; undone and done again; the application is scaled back", async ({
      task,
    }) => {
      await estate.cache.cli("FLUSHALL");
      await estate.cache.cli("SET", "session:new", "1");
      const damaged = await estate.truth();
      const process = /process_id:(\d+)/.exec(await estate.cache.cli("INFO", "server"))?.[1];
      expectOutcome(await estate.run(task, "cache-restore", "--dry-run"), 0, "DRY RUN COMPLETE");
      expectOutcome(await estate.run(task, "cache-restore", "--drill"), 0, "DRILL PASSED");
      expect(await estate.truth()).toEqual(damaged);
      const flags = live(["grill-stats-redis"]);
      expectOutcome(await estate.run(task, "cache-restore", ...flags), 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      expect(await estate.cache.cli("INFO", "server")).toContain(`process_id:${process}`);
      expectOutcome(await estate.lifeboat(["undo", "latest", "--confirm", "grill-stats-redis"]), 0, "UNDONE");
      expect(await estate.truth()).toEqual(damaged);
      await asBefore();
      expectOutcome(await estate.run(task, "cache-restore", ...flags), 0, "RECOVERED");
      await estate.restart("redis");
      expect(await estate.truth()).toEqual(good);
      await asBefore();
    });

    test("backup-jobs: well, then one is suspended, one is gone, the last of one failed", async ({
      task,
    }) => {
      const look = () => estate.run(task, "backup-jobs", ...live([], "today"));
      expectOutcome(await look(), 0, "DONE");
      await estate.cluster.edit((state) => {
        state.objects = state.objects.filter(({ metadata }) => metadata.name !== "influxdb-backup");
        for (const one of state.objects) {
          if (one.metadata.name === "redis-backup-29") one.status = { failed: 4 };
          if (one.metadata.name === "postgres-backup") one.spec["suspend"] = true;
        }
      });
      const faults = [
        "postgres-backup is suspended",
        "CronJob influxdb-backup",
        "of redis-backup has not succeeded",
      ];
      expectOutcome(await look(), 20, ...faults);
    });

    test("full-restore: pods and claims are gone; brought up from 0, restored, and the application last", async ({
      task,
    }) => {
      await estate.lose();
      const done = ["place", "resync", "backups-again", "write-it-down"];
      const ran = await estate.run(
        task,
        "full-restore",
        ...live(["grill_stats", "grill-stats-redis"], ...done),
      );
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      expect(await estate.replicas()).toEqual({ ...AS_BEFORE, app: 1 });
      expect(await asked(`${estate.url}/health`)).toMatchObject([200, { status: "ok" }]);
    });
  },
);
