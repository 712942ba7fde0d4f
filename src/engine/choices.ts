import type { OfferedChoice } from "../journal/recovery-events.ts";
import { stands } from "../journal/run-facts.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Step } from "../step/step.ts";
import type { StepOutcome } from "./run-step.ts";

const isLive = (step: Step): boolean => step.touchesLive === true;

/**
 * What has been changed so far by steps that are done and were not taken back since, a line each. What live data was changed
 * comes first: a small screen shows the first lines only, and of several stores most may be as they were.
 */
export function changedSoFar(plan: Plan, state: RunState): string[] {
  const done = plan.steps.filter((step) => stands(state, step.id));
  const outdated = new Set(done.flatMap((step) => step.outdates ?? []));
  const afterOf = (step: Step): string[] =>
    step.after === undefined || outdated.has(step.id) ? [] : [step.after];
  return [
    ...done.filter(isLive).flatMap(afterOf),
    ...plan.targets.flatMap((target) => liveLine(plan, state, target)),
    ...done.filter((step) => !isLive(step)).flatMap(afterOf),
  ];
}

function liveLine(plan: Plan, state: RunState, { store, name }: Plan["targets"][number]): string[] {
  const begun = plan.steps.filter(
    (step) =>
      step.store === store && step.touchesLive === true && state.steps.get(step.id)?.startedAt !== undefined,
  );
  if (begun.length === 0) return [`${name} is as it was`];
  const isBack = begun.every(({ id }) => state.steps.get(`undo ${id}`)?.state === "done");
  return isBack ? [`${name} has its old data again: what was put in its place was taken back`] : [];
}

/** Steps that were begun, are not at their end and were not taken back: nobody knows how far each came. */
export function leftHalfway(plan: Plan, state: RunState): string[] {
  const ends = ["done", "skipped", "printed"];
  return plan.steps
    .filter(({ id, effect }) => {
      const step = state.steps.get(id);
      if (effect === "reads" || step?.startedAt === undefined || ends.includes(step.state)) return false;
      return state.steps.get(`undo ${id}`)?.state !== "done";
    })
    .map(({ title, undo }) => `step "${title}" was not finished${undo ? `; undoing it ${undo.says}` : ""}`);
}

function undoable(plan: Plan, state: RunState): Step[] {
  return plan.steps.filter((step) => step.undo && state.steps.get(step.id)?.startedAt !== undefined);
}

function skip(plan: Plan, step: Step): OfferedChoice {
  if (step.optional !== undefined)
    return {
      choice: "skip",
      title: "skip, with a reason …",
      says: `allowed: optional step; then ${step.optional}`,
    };
  const name = plan.targets.find((target) => target.store === step.store)?.name ?? step.id;
  return {
    choice: "skip",
    title: "skip all the same …",
    says: `the runbook does not allow it: type ${name}, and give a reason`,
    type: name,
  };
}

/** Everything that can be decided about a failed step, and what each would do. Nothing here destroys by itself. */
export function choicesFor(plan: Plan, state: RunState, step: Step, outcome: StepOutcome): OfferedChoice[] {
  const choices: OfferedChoice[] = [
    { choice: "retry", title: "retry", says: "runs the step again from its beginning" },
  ];
  if (outcome.failedAt !== undefined) {
    choices.push({
      choice: "edit",
      title: "retry with an edited command …",
      says: "opens the command in your editor; the change is shown and recorded",
    });
  }
  choices.push({
    choice: "fixed",
    title: "I fixed it by hand: check again",
    says: step.probe ? "asks the probe and the step's checks whether it is done" : "looks again",
  });
  choices.push(skip(plan, step));
  choices.push({
    choice: "shell",
    title: "open a shell here",
    says: "what you type and what it prints is recorded in the run's folder",
  });
  const back = undoable(plan, state);
  if (back.length > 0)
    choices.push({
      choice: "undo",
      title: "undo everything",
      says: back
        .toReversed()
        .map((s) => s.undo?.says ?? s.title)
        .join("; "),
    });
  choices.push({
    choice: "leave",
    title: "leave it like this",
    says: "ends here; lifeboat resume goes on with this step",
  });
  return choices;
}
