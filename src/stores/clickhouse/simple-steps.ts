import { join } from "node:path";
import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Step } from "../../step/step.ts";
import { actionStep } from "../action-step.ts";
import { tokenFor } from "../part.ts";
import type { StoreContext } from "../store-kind.ts";
import { dumpFolder } from "./dump.ts";
import { dataTables } from "./facts.ts";
import type { RestoreContext } from "./restore-context.ts";
import { verifyChecks } from "./verify.ts";

/** The live tables against the manifest of the chosen backup: read-only in every mode. */
export function standaloneVerify(step: RunbookStep, context: StoreContext, restore: RestoreContext): Step {
  return actionStep(step, context, {
    title: "Verify",
    why: "compares the live tables with what the backup's manifest says",
    effect: "reads",
    checks: verifyChecks(restore, restore.names.live),
    failsAs: "red",
  });
}

export const safetyFolder = ({ store, run, connection }: StoreContext): string =>
  join(store["safety-copies"] ?? join(run.dir, "safety"), `${connection.subject}-${run.tag}`);

/** The live tables as Native files. A restore needs none: it keeps the old tables themselves. */
export function safetyStep(
  step: RunbookStep,
  context: StoreContext,
  { connection, facts, run, ...restore }: Omit<RestoreContext, "source" | "names" | "jobs">,
): Step {
  const folder = safetyFolder(context);
  const token = tokenFor({ ...restore, run }, "copied");
  const tables = facts ? dataTables(facts) : [];
  return actionStep(step, context, {
    title: "Safety copy",
    why: `dumps ${tables.map(({ name }) => name).join(", ")} into ${folder}, and reads it back`,
    effect: "reversible",
    commands: facts
      ? [
          dumpFolder(
            { connection, facts, database: connection.subject, tables, id: `lifeboat ${run.id} safety` },
            folder,
            token,
          ),
        ]
      : [],
    checks: [
      {
        title: "the safety copy can be read",
        source: { inspect: "artifact", path: folder, byHand: [`gzip -t ${folder}/*.native.gz`] },
        judge: "artifact",
        args: { kind: "clickhouse" },
        onError: "fail",
      },
    ],
    repeatable: true,
    probe: { argv: ["sh", "-c", "echo NOT DONE"], env: {}, secrets: {} },
    after: `a copy of ${connection.subject} lies in ${folder}`,
  });
}
