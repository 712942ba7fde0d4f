import type { Step } from "../step/step.ts";
import { decideOn } from "./decide.ts";
import type { RunContext } from "./run-context.ts";
import { runStep, type StepOutcome } from "./run-step.ts";
import { isTakenBack, takeBack } from "./undo-steps.ts";

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
    outcome = await withoutLeavings(context, current, outcome);
    const next = await decideOn(context, current, outcome);
    if (next.kind === "again") {
      current = next.step;
      outcome = await runStep(context, current);
    } else outcome = next.outcome;
  }
  return outcome;
}

/**
 * What a step left half done and must not stay (a fence on the live database) is taken back before anybody is asked: a
 * person may think for an hour, and users would stand before a closed door for as long.
 */
async function withoutLeavings(context: RunContext, step: Step, outcome: StepOutcome): Promise<StepOutcome> {
  const begun = context.feed.snapshot().state.steps.get(step.id)?.startedAt !== undefined;
  if (step.undo?.onFailure !== true || !begun || isTakenBack(context, step)) return outcome;
  const failed = await takeBack(context, step, "undo");
  if (!failed || !outcome.failure) return outcome;
  const why = [outcome.failure.why, `and what it had begun could not be taken back: ${failed.what}`];
  return { ...outcome, failure: { ...outcome.failure, why: why.filter(Boolean).join("\n") } };
}
