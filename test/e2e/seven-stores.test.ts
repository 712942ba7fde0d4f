import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JournalEvent } from "../../src/journal/events.ts";
import { expectOutcome } from "../faults/outcome.ts";
import { CLICKHOUSE_PROGRAMS } from "../helpers/clickhouse.ts";
import { DOCKER_PROGRAMS, noDocker } from "../helpers/docker.ts";
import { INFLUXDB_PROGRAMS } from "../helpers/influxdb.ts";
import { MINIO_PROGRAMS } from "../helpers/minio.ts";
import { MONGODB_PROGRAMS } from "../helpers/mongodb.ts";
import { REDIS_PROGRAMS } from "../helpers/redis.ts";
import { openSevenEstate, type SevenEstate } from "../helpers/seven-estate.ts";
import { suiteFor } from "../helpers/suite-for.ts";

const PROGRAMS = [
  ...REDIS_PROGRAMS,
  ...MINIO_PROGRAMS,
  ...MONGODB_PROGRAMS,
  ...CLICKHOUSE_PROGRAMS,
  ...INFLUXDB_PROGRAMS,
  ...DOCKER_PROGRAMS,
];
const PATIENCE = 600_000;

const RUNBOOK = `title: Everything
scenario: the whole estate is damaged
steps:
  - { id: tell, kind: command, effect: reversible, run: ["true"] }
  - { id: database, kind: restore, store: database, needs: [tell] }
  - { id: content, kind: restore, store: content, needs: [database] }
  - { id: queue, kind: restore, store: queue, needs: [tell] }
  - { id: analytics, kind: restore, store: analytics, needs: [tell] }
  - { id: metrics, kind: restore, store: metrics, needs: [tell], optional: only history is lost }
  - { id: temperatures, kind: restore, store: temperatures, needs: [tell] }
  - { id: files, kind: restore, store: files, needs: [tell] }
`;

suiteFor(
  "a system with a store of every kind, on real servers",
  PROGRAMS,
  () => {
    let estate: SevenEstate;
    beforeAll(async () => {
      estate = await openSevenEstate();
      await estate.writeRunbook("everything", RUNBOOK);
    }, PATIENCE);
    afterAll(() => estate?.stop());

    const all = async (): Promise<Record<string, unknown>> =>
      Object.fromEntries(
        await Promise.all(estate.stores.map(async ({ store, live }) => [store, await live()] as const)),
      );
    const confirmed = (): string[] => estate.stores.flatMap(({ target }) => ["--confirm", target]);

    /** Runbook's steps that were at work at the same time as another one. */
    async function sideBySide(run: string): Promise<Set<string>> {
      const text = await readFile(join(estate.home, "runs", run, "journal.jsonl"), "utf8");
      const events = text
        .trim()
        .split("\n")
        .map((line): JournalEvent => JSON.parse(line));
      const open = new Set<string>();
      const met = new Set<string>();
      for (const event of events) {
        if (event.type === "step.started") open.add(event.step.split(".")[0] ?? "");
        if (event.type === "step.ended") open.delete(event.step.split(".")[0] ?? "");
        if (open.size > 1) for (const one of open) met.add(one);
      }
      return met;
    }

    test(
      "all are backed up, damaged, rehearsed, drilled, restored side by side, proven, and taken back",
      async () => {
        const good = await all();
        for (const { store } of estate.stores)
          expectOutcome(await estate.lifeboat(["backup", "seven", store]), 0, "with manifest");
        expect(await all()).toEqual(good);
        for (const { damage } of estate.stores) await damage();
        const damaged = await all();
        for (const { store } of estate.stores)
          expect([store, damaged[store]]).not.toEqual([store, good[store]]);

        expectOutcome(
          await estate.lifeboat(["run", "seven", "everything", "--dry-run"]),
          0,
          "DRY RUN COMPLETE",
        );
        expect(await all()).toEqual(damaged);
        expectOutcome(await estate.lifeboat(["run", "seven", "everything", "--drill"]), 0, "DRILL PASSED");
        expect(await all()).toEqual(damaged);

        expectOutcome(
          await estate.lifeboat(["run", "seven", "everything", "--live", ...confirmed()]),
          0,
          "RECOVERED",
        );
        expect(await all()).toEqual(good);
        const [run = ""] = await estate.runs();
        const met = await sideBySide(run);
        for (const { store } of estate.stores)
          expect(met, `${[...met].join(", ")} ran side by side`).toContain(store);

        expectOutcome(await estate.lifeboat(["undo", run, ...confirmed()]), 0, "UNDONE");
        expect(await all()).toEqual(damaged);
      },
      PATIENCE,
    );
  },
  noDocker(),
);
