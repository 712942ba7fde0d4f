import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome } from "../faults/outcome.ts";
import { ESTATE_PROGRAMS } from "../helpers/compose-estate.ts";
import { noDocker } from "../helpers/docker.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import { type ContainerAppEstate, openContainerAppEstate, VOLUMES } from "./container-app-estate.ts";
import { asked } from "./eyes.ts";
import { live } from "./live.ts";
import { shippedRunbooks } from "./shipped.ts";

const NAMES = [
  /^db_backup_\d{8}_\d{6}\.sql$/,
  /^volume_container-app_app-data_\d{8}_\d{6}\.tar\.gz$/,
  /^volume_container-app_user-data_\d{8}_\d{6}\.tar\.gz$/,
];

suiteFor(
  "container-app, as its users run it",
  ESTATE_PROGRAMS,
  () => {
    vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
    let estate: ContainerAppEstate;
    let good: unknown;
    beforeAll(async () => {
      estate = await openContainerAppEstate();
      await estate.stack.up();
      await estate.startUser("user-7");
      await estate.fill();
    });
    afterAll(() => estate?.stop());

    test("backup: database and volumes, under the names that its scripts gave them", async ({ task }) => {
      const targets = live(["container_app", ...VOLUMES], "away");
      expectOutcome(await estate.run(task, "backup", ...targets), 0, "DONE");
      const names = await readdir(estate.backups);
      for (const pattern of NAMES) expect(names.filter((name) => pattern.test(name))).toHaveLength(1);
      // What comes after has to bring an older backup up to the deployed code.
      await estate.release();
      good = await estate.truth();
    });

    test("every runbook can be rehearsed dry, and changes nothing", async ({ task }) => {
      for (const runbook of shippedRunbooks("container-app"))
        expectOutcome(await estate.run(task, runbook, "--dry-run"), 0, "DRY RUN COMPLETE");
      expect(await estate.truth()).toEqual(good);
    });

    test("database-restore: a rehearsal changes nothing; live, rows are back in tables as new as the code", async ({
      task,
    }) => {
      await estate.database.sql("DELETE FROM containers WHERE id > 9");
      const damaged = await estate.truth();
      expectOutcome(await estate.run(task, "database-restore", "--drill"), 0, "DRILL PASSED");
      expect(await estate.truth()).toEqual(damaged);
      const ran = await estate.run(task, "database-restore", ...live(["container_app"], "tell"));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
    });

    test("volume-restore: what users lost is back with its owners, and their containers run again", async ({
      task,
    }) => {
      await estate.stack.engine.inside(
        VOLUMES[0],
        "rm -rf user-3 user-1/.env; chown -R 0:0 user-2; echo x > user-4/new",
      );
      await estate.stack.engine.inside(VOLUMES[1], "rm .settings");
      expectOutcome(await estate.run(task, "volume-restore", ...live(VOLUMES, "look")), 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      expect(await estate.stack.stateOf("frontend")).toMatch(/^running/);
      const user = ["inspect", "-f", "{{.State.Status}}", "container-app-user-7"];
      expect(await estate.stack.engine.docker(...user)).toBe("running");
    });

    test("point-in-time: the backup from before it went wrong, not the newest", async ({ task }) => {
      const before = new Date().toISOString();
      await estate.database.sql("UPDATE users SET email = 'gone' || id");
      expectOutcome(await estate.lifeboat(["backup", "container-app", "database"]), 0);
      const args = [...live(["container_app"], "right-time", "verify"), "--backup", `before:${before}`];
      expectOutcome(await estate.run(task, "point-in-time", ...args), 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      const newest = (await readdir(estate.backups))
        .filter((name) => name.startsWith("db_backup_"))
        .toSorted();
      for (const name of newest.slice(-2)) await rm(join(estate.backups, name));
    });

    test("integrity-check: all three can be restored, and nothing of it stays", async ({ task }) => {
      const own = ["container-app-integrity-user-data", "container-app-integrity-app-data"];
      const ran = await estate.run(task, "integrity-check", ...live(["container_app_integrity", ...own]));
      expectOutcome(ran, 0, /LIVE +ended +DONE/);
      expect(await estate.truth()).toEqual(good);
      const volumes = (await estate.stack.engine.docker("volume", "ls", "-q")).split("\n");
      expect(volumes.filter((name) => name.includes("integrity"))).toEqual([]);
    });

    test("full-restore: every container and volume is gone; the quarter's drill before it, then the real thing", async ({
      task,
    }) => {
      expectOutcome(await estate.run(task, "full-restore", "--drill"), 0, "DRILL PASSED");
      await estate.lose();
      const done = ["assess", "secure", "look", "resume"];
      const ran = await estate.run(task, "full-restore", ...live(["container_app", ...VOLUMES], ...done));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await estate.truth()).toEqual(good);
      expect(await asked(`${estate.url}/api/health`)).toEqual([200, { status: "ok", database: "up" }]);
      const login = { email: "user9@example.org", password: "pw9" };
      expect((await asked(`${estate.url}/api/v1/auth/login`, login))[0]).toBe(200);
    });
  },
  noDocker(),
);
