import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JournalEvent } from "../../src/journal/events.ts";
import { readJournal } from "../../src/journal/read.ts";
import { planSchema, type Plan } from "../../src/plan/plan-schema.ts";
import { type Estate, openEstate, RESTORE_RUNBOOK } from "./estate.ts";
import { json, serveHttp, type TestHttpServer } from "./http-server.ts";
import type { Ran } from "./lifeboat.ts";

/** An estate whose PostgreSQL is down, and comes up when a step asks for it. */
export interface BringUpEstate extends Estate {
  /** Starts the server when it is asked to: what a service manager is in the field. */
  manager: TestHttpServer;
  backupPath: string;
  up(): Promise<void>;
  down(): Promise<void>;
  /** The database loses rows, and its server goes down; how many orders there were. */
  lose(): Promise<string>;
  rows(): Promise<string>;
  /** The runbook `lost` with these steps after the one that starts the server, and these before the restore. */
  useRunbook(bringUp: string, steps?: string): Promise<void>;
  run(...args: string[]): Promise<Ran>;
  live(...args: string[]): Promise<Ran>;
  planOf(run: string): Promise<Plan>;
  eventsOf(run: string): JournalEvent[];
}

/** Whether the manager, when it is told to, starts the server before it answers; if never, a test does it. */
export type Starts = "at once" | "never";

export const WAIT = "  - { id: answers, kind: wait, store: database, within: 20s }\n";

/** The command of which the program itself says that it goes on. */
export const restIn = (text: string): string[] =>
  (/lifeboat (run shop lost --live .*--continues \S+)/.exec(text)?.[1] ?? "no such command").split(" ");

export async function openBringUpEstate(starts: () => Starts): Promise<BringUpEstate> {
  const estate = await openEstate();
  const backupPath = await estate.backup();
  let isUp = true;
  const up = async (): Promise<void> => {
    if (!isUp) await estate.server.start();
    isUp = true;
  };
  const down = async (): Promise<void> => {
    if (isUp) await estate.server.halt();
    isUp = false;
  };
  const manager = await serveHttp((_asked, response) => {
    const start = async (): Promise<void> => {
      if (starts() === "at once") await up();
      json(response, 200, {});
    };
    void start();
  });
  const run: BringUpEstate["run"] = (...args) =>
    estate.lifeboat(["run", "shop", "lost", "--backup", backupPath, ...args]);
  const rows = (): Promise<string> => estate.server.psql("shop", "SELECT count(*) FROM orders");
  const folder = (id: string, file: string): string => join(estate.home, "runs", id, file);
  return {
    ...estate,
    manager,
    backupPath,
    up,
    down,
    rows,
    run,
    live: (...args) => run("--live", "--confirm", "shop", ...args),
    lose: async () => {
      const before = await rows();
      await estate.server.psql("shop", "DELETE FROM items; DELETE FROM orders");
      await down();
      return before;
    },
    useRunbook: (bringUp, steps = "") => estate.writeRunbook("lost", runbook(manager.url, bringUp, steps)),
    planOf: async (id) => planSchema.parse(JSON.parse(await readFile(folder(id, "plan.json"), "utf8"))),
    eventsOf: (id) => readJournal(folder(id, "journal.jsonl")).events,
    stop: async () => {
      await manager.stop();
      await estate.stop();
    },
  };
}

const runbook = (manager: string, bringUp: string, steps: string): string =>
  RESTORE_RUNBOOK.replace(
    "steps:\n",
    `bring-up:
  - id: start
    title: Start the database server
    kind: command
    run: [lifeboat, http, --method, POST, ${manager}/start]
    effect: reversible
    probe: [sh, -c, "test -e up && echo DONE || echo NOT DONE"]
    stays: true
${bringUp}steps:
${steps}`,
  );
