import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inWords } from "../../src/base/duration.ts";
import { objectiveRows } from "../../src/journal/objectives.ts";
import { readJournal } from "../../src/journal/read.ts";
import { runFacts } from "../../src/journal/run-facts.ts";
import { foldRun } from "../../src/journal/run-state.ts";
import { planSchema } from "../../src/plan/plan-schema.ts";

/** One run of a shipped runbook in a line of the table at the end of the tests. All of it is what its own journal says. */
export interface Recovery {
  system: string;
  runbook: string;
  mode: string;
  stores: string;
  objectives: string;
  verified: string;
  seconds: string;
}

declare module "vitest" {
  interface TaskMeta {
    /** Rows of the table at the end. */
    recoveries?: Recovery[];
  }
}

/** Of a run's folder. A journal whose chain is broken proves nothing and is no row. */
export function readRecovery(folder: string): Recovery {
  const plan = planSchema.parse(JSON.parse(readFileSync(join(folder, "plan.json"), "utf8")));
  const { events, broken } = readJournal(join(folder, "journal.jsonl"));
  if (broken !== undefined) throw new Error(`${folder}: line ${broken.line}: ${broken.why}`);
  const state = foldRun(events);
  const facts = runFacts(state, plan);
  const objectives = objectiveRows(state, plan).map(({ label, met }) => {
    const limit = label === "RTO" ? plan.rtoMs : label === "RPO" ? plan.rpoMs : undefined;
    return limit === undefined ? "" : `${label} ${inWords(limit)} ${met === true ? "met" : "NOT MET"}`;
  });
  const stores = plan.steps.flatMap(({ store }) => store ?? []);
  const checks = `${facts.passed.length} of ${facts.passed.length + facts.failed.length} checks`;
  return {
    system: plan.system,
    runbook: plan.runbook,
    mode: plan.mode,
    stores: [...new Set(stores)].join(", ") || "-",
    objectives: objectives.filter((one) => one !== "").join(", ") || "-",
    verified: `${facts.word}, ${checks}`,
    seconds: ((facts.rto?.measuredMs ?? facts.tookMs) / 1000).toFixed(1),
  };
}
