import type { Plan } from "../../src/plan/plan-schema.ts";
import { planText } from "../../src/output/plan-text.ts";
import type {
  BackupRow,
  ResumeOffer,
  RunbookRow,
  Services,
  SystemRow,
  UnfinishedRun,
} from "../../src/tui/services.ts";
import { fakePlan } from "./fake-plan.ts";
import { fakeOffer } from "./fake-decision.ts";
import { fakeRun, type FakeRun, type FakeRunOptions } from "./fake-run.ts";

export const NOW = new Date("2026-11-20T11:02:00.000Z");
const HOUR = 3_600_000;

const RUNBOOKS: RunbookRow[] = [
  {
    name: "database-lost",
    title: "Restore the database",
    scenario: "the database is gone, damaged, or has wrong data in it",
    steps: 7,
    rtoMs: 1_800_000,
  },
  {
    name: "test-restore",
    title: "Restore into a test database",
    scenario: "once a month, to know that it works",
    steps: 4,
  },
];

const ago = (ms: number): Date => new Date(NOW.getTime() - ms);

function systems(): SystemRow[] {
  return [
    {
      name: "plotzed",
      title: "Plotzed, property web app",
      newestBackup: ago(9 * HOUR),
      rpoMs: 24 * HOUR,
      rpoMet: true,
      lastDrill: { at: ago(79 * 24 * HOUR), passed: true },
      runbooks: RUNBOOKS,
    },
    {
      name: "vizora",
      title: "Vizora, signage platform",
      newestBackup: ago(27 * HOUR),
      rpoMs: 24 * HOUR,
      rpoMet: false,
      runbooks: RUNBOOKS,
    },
    {
      name: "container-app",
      title: "Per-user containers",
      newestBackup: ago(40 * 60_000),
      rpoMs: HOUR,
      rpoMet: true,
      lastDrill: { at: ago(19 * 24 * HOUR), passed: false },
      runbooks: RUNBOOKS,
    },
    {
      name: "broken",
      title: "",
      problem: 'broken/system.yaml:3:12: unknown store kind "postgress", did you mean "postgres"?',
      runbooks: [],
    },
  ];
}

function backups(count: number): BackupRow[] {
  return Array.from({ length: count }, (_, at): BackupRow => {
    const time = new Date(NOW.getTime() - 9 * HOUR - at * 24 * HOUR);
    return {
      id: `plotzed-${at % 7 === 0 ? "weekly" : "daily"}-backup-${time.toISOString().slice(0, 19).replaceAll(":", "-")}.sql.gz`,
      time,
      tier: at % 7 === 0 ? "weekly" : "daily",
      bytes: 318_000_000 - at * 1_000_000,
      hasManifest: at < 20,
      ...(at === 0 ? { verifiedAt: new Date(NOW.getTime() - HOUR) } : {}),
      remarks: at === 3 ? ["12 kB, usual are 5 MB to 50 MB"] : [],
    };
  });
}

function unfinished(count: number): UnfinishedRun[] {
  return Array.from({ length: count }, (_, at): UnfinishedRun => ({
    run: `20261120T10${40 - at}-plotzed-database-lost-a1b${at + 2}`,
    mode: at === 0 ? "live" : "drill",
    system: "plotzed",
    runbook: "database-lost",
    stoppedAt: ago(240_000 * (at + 1)),
    step: 6,
    steps: 11,
  }));
}

export interface FakeOptions extends Partial<FakeRunOptions> {
  backups?: number;
  /** The stores that the runbook restores; one unless a test names others. "-" before a name: it has no backup. */
  stores?: string[];
  practice?: boolean;
  /** How many runs are unfinished. */
  unfinished?: number;
  extraSteps?: number;
  planFails?: unknown;
  offer?: Partial<ResumeOffer>;
  /** What the editor gives back. */
  edited?: string;
  /** What works in the terminal while the screens are down. */
  program?: () => Promise<void>;
}

export interface FakeServices extends Services {
  plans: Plan[];
  runs: FakeRun[];
  damaged: string[];
  /** Texts that were given to the editor. */
  edits: string[];
  shells: number;
  resumed: string[];
  /** Runs that were given up, with the reason. */
  abandoned: string[];
}

/** Everything the TUI needs, from memory: a scripted run over events, and a record of what it was asked to do. */
export function fakeServices(options: FakeOptions = {}): FakeServices {
  const now = options.now ?? (() => NOW);
  const services: FakeServices = {
    plans: [],
    runs: [],
    damaged: [],
    edits: [],
    shells: 0,
    resumed: [],
    abandoned: [],
    operator: "root@jump1",
    systems: () =>
      Promise.resolve(
        options.practice
          ? [
              {
                name: "practice",
                title: "A throwaway shop",
                newestBackup: NOW,
                runbooks: RUNBOOKS.slice(0, 1),
              },
            ]
          : systems(),
      ),
    unfinished: () => Promise.resolve(unfinished(options.unfinished ?? 0).slice(services.abandoned.length)),
    abandon: async (run, because) => void services.abandoned.push(`${run}: ${because}`),
    backups: () =>
      Promise.resolve(
        (options.stores ?? ["database"]).map((store) => ({
          store: store.replace(/^-/, ""),
          backups: backups(store.startsWith("-") ? 0 : (options.backups ?? 40)),
        })),
      ),
    plan: (choice) => {
      if (options.planFails !== undefined) return Promise.reject(options.planFails);
      const plan = { ...fakePlan(choice.mode, options.extraSteps), system: choice.system };
      services.plans.push(plan);
      return Promise.resolve(plan);
    },
    start: (plan) => {
      const run = fakeRun(plan, { ...options, now });
      services.runs.push(run);
      return Promise.resolve(run);
    },
    resume: (run) =>
      Promise.resolve(
        fakeOffer(run, options.offer ?? {}, (plan) => {
          const control = fakeRun(plan, { ...options, now });
          services.resumed.push(run);
          services.runs.push(control);
          return control;
        }),
      ),
    shell: async () => {
      services.shells += 1;
      await options.program?.();
    },
    edit: async (text) => {
      services.edits.push(text);
      await options.program?.();
      return options.edited;
    },
    planText: (plan) => planText(plan, now()),
    now,
  };
  if (options.practice)
    services.practice = {
      prepare: async (onLine) => {
        for (const line of [
          "looking for PostgreSQL: 15.8",
          "starting a server",
          "filling the shop",
          "backup",
        ])
          onLine(line);
        await options.pause?.("prepare");
      },
      damages: [
        { id: "drop-table", title: "A table is dropped", says: "DROP TABLE orders, at 3 AM, by hand." },
        { id: "delete-rows", title: "Rows are deleted", says: "DELETE without WHERE." },
        { id: "drop-database", title: "The database is dropped", says: "All of it." },
      ],
      damage: (id, onLine) => {
        services.damaged.push(id);
        onLine("DROP TABLE orders CASCADE;");
        return Promise.resolve();
      },
    };
  return services;
}
