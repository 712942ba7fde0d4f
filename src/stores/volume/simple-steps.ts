import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Step } from "../../step/step.ts";
import { actionStep } from "../action-step.ts";
import type { StoreContext } from "../store-kind.ts";
import { restoreContext } from "./restore-context.ts";
import { compareCheck, wholeCheck } from "./restore-proof.ts";

const HOUR = 3_600_000;

/** The live volume against what the chosen backup holds. */
export function standaloneVerify(step: RunbookStep, context: StoreContext): Step {
  const volume = context.connection.subject;
  const restore = restoreContext(
    { id: step.id, "on-failure": step["on-failure"], queries: [] },
    context,
    volume,
  );
  const checks = [wholeCheck(restore), compareCheck(restore.engine, volume, restore.source)];
  const why = "compares the live volume, path by path, with what the backup holds";
  return actionStep(
    step,
    context,
    { title: "Verify", why, effect: "reads", checks, failsAs: "red" },
    12 * HOUR,
  );
}
