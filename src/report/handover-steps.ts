import { markdownText } from "../base/markdown.ts";
import { stands } from "../journal/run-facts.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Step } from "../step/step.ts";
import { stepName } from "./words.ts";

export interface HandoverInput {
  plan: Plan;
  state: RunState;
  /** How a step that is left is written; for whoever writes often, one that remembers (`rememberSteps`). */
  stepText?: (step: Step, plan: Plan, state: RunState) => string[];
}

const OVER = new Set(["done", "skipped", "printed"]);

export const isOver = ({ state }: HandoverInput, step: Step): boolean =>
  OVER.has(state.steps.get(step.id)?.state ?? "");

const undone = ({ state }: HandoverInput, step: Step): boolean =>
  state.steps.get(`undo ${step.id}`)?.state === "done";

/** Something that was done was taken back: there is nothing to go on with, only to go further back. */
export function isGoingBack(input: HandoverInput): boolean {
  return input.plan.steps.some((step) => isOver(input, step) && undone(input, step));
}

/** What is still to be done in this mode, the running and the failed step included. */
export function stepsLeft(input: HandoverInput): Step[] {
  if (isGoingBack(input)) return [];
  return input.plan.steps.filter((step) => step.does === "run" && !isOver(input, step));
}

/** What has been begun and not taken back, newest first. */
export function takeable(input: HandoverInput): Step[] {
  const { plan, state } = input;
  const begun = (step: Step): boolean => {
    const ran = state.steps.get(step.id);
    return ran?.startedAt !== undefined && (ran.state !== "done" || stands(state, step.id));
  };
  return plan.steps.filter((step) => step.undo && begun(step) && !undone(input, step)).toReversed();
}

/** What this run leaves on purpose and must not be removed: there, or perhaps there already. */
export function keepers({ plan, state }: HandoverInput): Step[] {
  return plan.steps.filter(
    (step) =>
      step.cleanup &&
      step.does === "run" &&
      !state.removed.includes(step.id) &&
      state.steps.get(`cleanup ${step.id}`)?.state !== "done",
  );
}

export const named = (plan: Plan, step: Step): string => markdownText(stepName(plan, step.id));
