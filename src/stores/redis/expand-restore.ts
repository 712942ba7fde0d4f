import type { Step } from "../../step/step.ts";
import { expandInContainer } from "./container/expand.ts";
import type { RestoreContext } from "./restore-context.ts";
import { preflightStep } from "./preflight-step.ts";
import { artifactStep, loadStep, verifyStep } from "./restore-proof.ts";
import { takeOverStep } from "./take-over/step.ts";
import { openStep, removeStep, swapStep } from "./restore-swap.ts";

/** Beside → prove → stop, set aside, put in place, start, compare → append-only file, writes → keep the old files. */
export function expandRestore(context: RestoreContext): { steps: Step[]; last: Step[] } {
  if (context.container !== undefined) return expandInContainer(context, context.container);
  const proof = [preflightStep(context), artifactStep(context), loadStep(context), verifyStep(context)];
  const change = [context.inPod ? takeOverStep(context) : swapStep(context), openStep(context)];
  if (context.mode === "drill")
    return { steps: [...proof, ...change], last: [removeStep(context, "verify")] };
  return { steps: [...proof, ...change, removeStep(context, "open")], last: [] };
}
