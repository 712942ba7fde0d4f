import type { Step } from "../step/step.ts";
import { decideOn } from "./decide.ts";
import type { RunContext } from "./run-context.ts";
import { runStep, type StepOutcome } from "./run-step.ts";

/**
 * Runs a step, and as long as it fails asks what to do about it. Steps that are to stop or to go on by themselves, and
 * runs where nobody can be asked, are settled at the first failure.
 */
export async function runUntilSettled(context: RunContext, step: Step): Promise<StepOutcome> {
  let current = step;
  let outcome = await runStep(context, current);
  while (
    outcome.result === "failed" &&
    current.onFailure === "ask" &&
    context.decide &&
    !context.stop.signal.aborted
  ) {
    const next = await decideOn(context, current, outcome);
    if (next.kind === "stop") {
      context.stop.abort(next.reason);
      return outcome;
    }
    if (next.kind === "again") {
      current = next.step;
      outcome = await runStep(context, current);
    } else outcome = next.outcome;
  }
  return outcome;
}
