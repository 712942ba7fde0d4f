import type { EventBody } from "../../src/journal/events.ts";
import { foldRun } from "../../src/journal/run-state.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import type { ReportInput } from "../../src/report/input.ts";
import { ended, events, gate, opened, over, started } from "../journal/events.ts";
import { fakePlan } from "../tui/fake-plan.ts";

export const SUM = "c".repeat(64);

export const plan: Plan = fakePlan("live");

export const command = (step: string, line: string, exit: number | null = 0): EventBody[] => [
  { type: "command.started", step, index: 0, line },
  { type: "command.spawned", step, index: 0, pid: 4711, pidStarted: "90210" },
  { type: "command.ended", step, index: 0, exit, signal: exit === null ? "SIGKILL" : null, ms: 2500 },
];

/** A live run with a failed first attempt, a skipped step and checks of every kind; ends well with a deviation. */
export const RECOVERED: EventBody[] = [
  opened,
  {
    type: "identity.read",
    store: "database",
    when: "before Swap",
    identity: {
      systemIdentifier: "7311",
      inRecovery: false,
      address: "db1:5432",
      dataDirectory: "/var/lib/postgresql",
      databaseOid: "16384",
      version: "15.6",
    },
  },
  started("artifact"),
  ended("artifact", "done", {
    checks: [{ name: "sha256 as recorded", level: "artifact", result: "pass", found: SUM }],
  }),
  started("beside"),
  ...command("beside", "psql -c 'a ``` b'", 3),
  ended("beside", "failed", {
    error: { what: "psql: exit 3", why: "disk | full\nlikely: a `disk` is full", next: "free space" },
    output: { file: "output/beside.log", lines: 3, bytes: 20, sha256: "a".repeat(64) },
  }),
  started("beside", 2),
  ...command("beside", "pg_restore\nEND"),
  ended("beside", "done", {
    output: { file: "output/beside.log", lines: 9, bytes: 90, sha256: "b".repeat(64) },
  }),
  started("verify"),
  ended("verify", "done", {
    checks: [
      { name: "total | asked", level: "queries", result: "pass", expected: "at least 1", found: "7" },
      { name: "rows of orders", level: "counts", result: "pass", expected: "1,204", found: "1,204" },
      { name: "table: all 24 there", level: "shape", result: "pass", expected: "24", found: "24" },
      {
        name: "content of plots_geo",
        level: "content",
        result: "not checked",
        why: "no manifest for plots_geo",
      },
    ],
  }),
  { type: "gate.opened", step: "swap", gate },
  { type: "gate.answered", step: "swap", answer: "confirmed", how: "typed" },
  started("swap"),
  ...command("swap", "psql -f -"),
  ended("swap"),
  { type: "deviation", step: "migrate", what: "skipped", because: "applied by hand\non 18 Nov" },
  ended("migrate", "skipped"),
  { type: "note", text: "called Bob", by: "ada" },
  over(23, "RECOVERED WITH 1 DEVIATION"),
];

export function input(bodies: EventBody[], more: Partial<ReportInput> = {}): ReportInput {
  const all = events(...bodies);
  return { plan, state: foldRun(all), events: all, folder: "/home/ada/runs/r 1", ...more };
}
