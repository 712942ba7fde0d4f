import type { Plan } from "../../src/plan/plan-schema.ts";
import type { Mode } from "../../src/step/mode.ts";
import type { Step } from "../../src/step/step.ts";

const psql = (database: string, sql: string) => ({
  argv: ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"],
  stdin: `${sql}\n`,
  env: { PGHOST: "db1", PGPORT: "5432", PGUSER: "postgres" },
  secrets: {},
});

function step(id: string, title: string, more: Partial<Step>): Step {
  return {
    id,
    title,
    why: "Because the next step relies on it.",
    kind: "restore",
    store: "database",
    host: "local",
    needs: [],
    effect: "reads",
    does: "run",
    commands: [],
    checks: [],
    timeoutMs: 1_800_000,
    silenceMs: 300_000,
    expectedMs: 2000,
    onFailure: "ask",
    failsAs: "failed",
    ...more,
  };
}

const STEPS: readonly Step[] = [
  step("gone", "Is the database really gone?", {
    why: "A restore over a healthy database makes things worse.",
    commands: [psql("plotzed", "SELECT 1;")],
    kind: "query",
  }),
  step("artifact", "Backup is good", {
    why: "A backup that cannot be read to its end is found now, not in the middle of the night's restore.",
    checks: [
      {
        title: "the artifact is whole",
        source: {
          inspect: "artifact",
          path: "/var/backups/daily/plotzed.dump",
          byHand: ["pg_restore -f /dev/null /var/backups/daily/plotzed.dump"],
        },
        judge: "artifact",
        args: {},
        onError: "fail",
      },
    ],
  }),
  step("beside", "Restore beside", {
    effect: "reversible",
    expectedMs: 180_000,
    commands: [
      psql("postgres", "CREATE DATABASE plotzed__restore_1120 TEMPLATE template0 ENCODING 'UTF8';"),
      {
        argv: [
          "pg_restore",
          "--jobs",
          "2",
          "--exit-on-error",
          "--dbname",
          "plotzed__restore_1120",
          "/var/backups/daily/plotzed-daily-backup-2026-11-20T02-00-00.dump",
        ],
        env: {},
        secrets: { PGPASSWORD: "database" },
      },
    ],
    probe: psql("postgres", "SELECT 'DONE';"),
    undo: {
      says: "removes the copy beside",
      commands: [psql("postgres", "DROP DATABASE plotzed__restore_1120;")],
      onFailure: false,
    },
  }),
  step("verify", "Verify against the manifest", {
    checks: [
      {
        title: "row counts",
        source: psql("plotzed__restore_1120", "SELECT count(*) FROM orders;"),
        judge: "counts",
        args: {},
        onError: "fail",
      },
    ],
    failsAs: "red",
  }),
  step("call", "Tell the team", {
    kind: "manual",
    gate: {
      kind: "manual",
      prompt: "Say in #incident that the swap comes now",
      says: ["14 sessions will be cut for less than a second."],
      flag: "--manual-done call",
    },
  }),
  step("swap", "Swap", {
    effect: "irreversible",
    why: "The restored copy takes the place of the lost one.",
    commands: [
      psql(
        "postgres",
        "BEGIN;\nALTER DATABASE plotzed RENAME TO plotzed__before_1120;\nALTER DATABASE plotzed__restore_1120 RENAME TO plotzed;\nCOMMIT;",
      ),
    ],
    gate: {
      kind: "confirm",
      expect: "plotzed",
      prompt: "Type the name of the database to go on",
      says: [
        "The restored copy is verified: 24 tables, 1,048,211 rows, 3 queries, all green.",
        "This renames plotzed to plotzed__before_1120 and plotzed__restore_1120 to plotzed.",
        "14 sessions will be cut. The old data is kept as plotzed__before_1120.",
      ],
      flag: "--confirm plotzed",
    },
    cleanup: {
      says: "removes plotzed__before_1120 (2.1 GB): lifeboat cleanup 20261120T1102-plotzed-database-lost-k3f9",
      commands: [psql("postgres", "DROP DATABASE plotzed__before_1120;")],
      expect: "plotzed__before_1120",
      onFailure: false,
    },
  }),
  step("migrate", "Migrations", {
    kind: "migrate",
    effect: "irreversible",
    commands: [{ argv: ["npx", "prisma", "migrate", "deploy"], env: {}, secrets: {}, cwd: "/srv/plotzed" }],
    optional: "the application may refuse to start until they are run",
  }),
];

/** A plan as the planner would give it, for a database that cannot be reached. */
export function fakePlan(mode: Mode, extraSteps = 0): Plan {
  const extra = Array.from({ length: extraSteps }, (_, at) =>
    step(`extra-${at + 1}`, `Look at table ${at + 1}`, { commands: [psql("plotzed", `SELECT ${at + 1};`)] }),
  );
  const steps = [...STEPS, ...extra].map((entry): Step => {
    if (mode === "live" || entry.effect === "reads") return entry;
    if (mode === "drill" && entry.id === "beside") return entry;
    return { ...entry, does: "print", printedBecause: "live only" };
  });
  return {
    version: 1,
    run: "20261120T1102-plotzed-database-lost-k3f9",
    tag: "1120",
    system: "plotzed",
    runbook: "database-lost",
    title: "The database is lost or damaged",
    environment: "production",
    mode,
    strategy: "swap",
    createdAt: "2026-11-20T11:02:00.000Z",
    sources: [],
    targets: [
      {
        store: "database",
        kind: "postgres",
        name: "plotzed",
        writesTo: mode === "drill" ? "plotzed__drill_1120" : "plotzed",
        address: "db1:5432",
        describes: "primary, 2.1 GB, 14 sessions (app 12, psql 2)",
      },
    ],
    backups: [
      {
        store: "database",
        id: "plotzed-daily-backup-2026-11-20T02-00-00.dump",
        path: "/var/backups/daily/plotzed-daily-backup-2026-11-20T02-00-00.dump",
        time: "2026-11-20T02:00:04.000Z",
        tier: "daily",
        bytes: 318_000_000,
        format: "custom",
        manifest: "/var/backups/daily/plotzed-daily-backup-2026-11-20T02-00-00.dump.manifest.json",
        modifiedMs: 0,
      },
    ],
    rtoMs: 1_800_000,
    rpoMs: 86_400_000,
    loses: ["writes after 2026-11-20 02:00:04 UTC: orders 1,204 rows, newest 11:02:51"],
    keeps: ["the present data as plotzed__before_1120, until you remove it"],
    notes: ["Tell support before you begin: the shop is closed for less than a second."],
    steps,
    changes: [],
    hash: "7f3a9c0d11d24c6fa0b1c2d3e4f5061728394a5b6c7d8e9f0011223344556677",
  };
}
