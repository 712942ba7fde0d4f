import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Step } from "../../step/step.ts";
import { actionStep } from "../action-step.ts";
import type { StoreContext } from "../store-kind.ts";
import { artifactCheck } from "./restore-artifact.ts";
import type { RestoreContext } from "./restore-context.ts";
import { verifyChecks } from "./restore-verify.ts";

const HOUR = 3_600_000;

/** The live database against the chosen backup, which is read for it: read-only in every mode. */
export function standaloneVerify(step: RunbookStep, context: StoreContext, restore: RestoreContext): Step {
  const { names, source } = restore;
  const live = {
    database: names.live,
    which: { suffix: "", only: [], except: [] },
    expected: { artifactStep: step.id, database: source.database, only: [], views: true },
  };
  const checks = [artifactCheck(source), ...verifyChecks(restore, live)];
  const why = "compares the live database with what the backup holds";
  return actionStep(
    step,
    context,
    { title: "Verify", why, effect: "reads", checks, failsAs: "red" },
    12 * HOUR,
  );
}
