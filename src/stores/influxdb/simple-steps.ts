import type { RunbookStep } from "../../runbook/runbook-schema.ts";
import type { Step } from "../../step/step.ts";
import { actionStep } from "../action-step.ts";
import type { StoreContext } from "../store-kind.ts";
import { script } from "./client.ts";
import { inspectCheck } from "./restore-artifact.ts";
import { connectionOf, type RestoreContext } from "./restore-context.ts";
import { safetyStep } from "./restore-safety.ts";
import { verifyChecks } from "./restore-verify.ts";
import { define, dropLine, isThere } from "./shell.ts";

/** Removes what a restore of this run restored under a name of its own. */
export function cleanupStep(step: Extract<RunbookStep, { kind: "cleanup" }>, context: StoreContext): Step {
  const connection = connectionOf(context);
  const name = step.into ?? connection.database;
  return actionStep(step, context, {
    title: `Remove ${name}`,
    why: "what this runbook restored under a name of its own",
    effect: "irreversible",
    touchesLive: true,
    gate: {
      kind: "confirm",
      expect: name,
      prompt: "Type the name of the database to go on",
      says: [`This DROPS ${name}.`],
      flag: `--confirm ${name}`,
    },
    commands: [
      script(
        connection,
        [...define(connection, ["ask"]), dropLine(name)],
        `lifeboat-removed-${context.run.nonce}`,
      ),
    ],
    probe: script(connection, [
      ...define(connection, ["there"]),
      `if ${isThere(name)}; then echo NOT DONE; else echo DONE; fi`,
    ]),
    after: `${name} is removed`,
  });
}

export function standaloneSafety(step: RunbookStep, context: StoreContext, restore: RestoreContext): Step {
  const made = safetyStep(restore, "artifact");
  return actionStep(step, context, { ...made, id: step.id, kind: step.kind, needs: [], checks: [] });
}

/** The live database against the manifest of the chosen backup: read-only in every mode. */
export function standaloneVerify(step: RunbookStep, context: StoreContext, restore: RestoreContext): Step {
  return actionStep(step, context, {
    title: "Verify",
    why: "compares the live database with what the backup's manifest says",
    effect: "reads",
    checks: [
      inspectCheck(restore, "the artifact is whole", restore.source.path),
      ...verifyChecks(restore, restore.names.live, step.id, true),
    ],
    failsAs: "red",
  });
}
