import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Step } from "../../step/step.ts";
import { actionStep } from "../action-step.ts";
import type { StoreContext } from "../store-kind.ts";
import type { RestoreContext } from "./restore-context.ts";
import { verifyChecks } from "./restore-proof.ts";
import { safetyStep } from "./restore-replace.ts";

const named = (step: RunbookStep, made: Step): Step => ({
  ...made,
  id: step.id,
  kind: step.kind,
  needs: [],
  title: step.title ?? made.title,
  why: step.why ?? made.why,
});

/** A verified dump of the live database on its own. A drill leaves the live database alone and only prints it. */
export function standaloneSafety(step: RunbookStep, context: RestoreContext): Step {
  const made = named(step, safetyStep(context, "artifact"));
  return context.mode === "drill" ? { ...made, does: "print", printedBecause: "live only" } : made;
}

/** The live database against the manifest of the chosen backup: read-only in every mode. */
export function standaloneVerify(step: RunbookStep, context: StoreContext, restore: RestoreContext): Step {
  const checks = verifyChecks(restore, restore.names.live);
  const why = "compares the live database with what the backup's manifest says";
  return actionStep(step, context, { title: "Verify", why, effect: "reads", checks, failsAs: "red" });
}
