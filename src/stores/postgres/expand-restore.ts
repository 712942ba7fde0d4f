import type { Step } from "../../step/step.ts";
import { dropScript } from "./drop.ts";
import { ident, literal } from "./identifiers.ts";
import { maintenance, readMaintenance } from "./maintenance.ts";
import { part, tokenFor } from "../part.ts";
import { type RestoreContext } from "./restore-context.ts";
import { analyzeStep, createStep, loadStep, settingsStep } from "./restore-effects.ts";
import { artifactStep } from "./restore-artifact.ts";
import { preflightStep, verifyStep } from "./restore-proof.ts";
import { dropStep, safetyStep } from "./restore-replace.ts";
import { swapStep } from "./restore-swap.ts";

/** Beside → prove → swap → keep. */
function swapSteps(context: RestoreContext): Step[] {
  return [
    createStep(context, "artifact"),
    loadStep(context, "create"),
    settingsStep(context, "load"),
    analyzeStep(context, "settings"),
    verifyStep(context),
    swapStep(context),
  ];
}

/** Verified safety copy → drop → restore → prove → put in place. The copy keeps its own name until it is proven. */
function replaceSteps(context: RestoreContext): Step[] {
  return [
    safetyStep(context, "artifact"),
    createStep(context, "safety-copy"),
    settingsStep(context, "create"),
    dropStep(context, "settings"),
    loadStep(context, "drop"),
    analyzeStep(context, "load"),
    verifyStep(context),
    swapStep(context),
  ];
}

function removeStep(context: RestoreContext): Step {
  const { client, names } = context;
  return part(context, "remove", ["verify"], {
    title: "Remove the drill's copy",
    why: "a drill leaves nothing behind",
    effect: "reversible",
    outdates: [`${context.step.id}.create`],
    gist: `DROP DATABASE ${ident(names.copy)}`,
    commands: [maintenance(client, dropScript(names.copy), tokenFor(context, "removed"))],
    checks: [
      {
        title: "the copy is gone",
        source: readMaintenance(
          client,
          `SELECT count(*) FROM pg_database WHERE datname = ${literal(names.copy)};`,
        ),
        judge: "expectation",
        args: { name: `${names.copy} is gone`, expect: { equals: 0 } },
        onError: "fail",
      },
    ],
    probe: readMaintenance(
      client,
      `SELECT CASE WHEN EXISTS (SELECT FROM pg_database WHERE datname = ${literal(names.copy)}) THEN 'NOT DONE' ELSE 'DONE' END;`,
    ),
  });
}

/** A drill never touches the live database, so it always restores beside; with nothing there, there is nothing to drop. */
export function expandRestore(context: RestoreContext): { steps: Step[]; last: Step[] } {
  const absent = context.facts !== undefined && context.facts.database === null;
  const replace = context.strategy === "replace" && context.mode !== "drill" && !absent;
  const start = [preflightStep(context), artifactStep(context)];
  const steps = [...start, ...(replace ? replaceSteps(context) : swapSteps(context))];
  return { steps, last: context.mode === "drill" ? [removeStep(context)] : [] };
}
