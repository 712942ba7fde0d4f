import type { OfferedChoice } from "../../src/journal/recovery-events.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import type { Step } from "../../src/step/step.ts";
import type { ResumeOffer, RunControl } from "../../src/tui/services.ts";
import { fakePlan } from "./fake-plan.ts";

/** What the engine would offer for a failed step. */
export function choicesOf(step: Step): OfferedChoice[] {
  const skip: OfferedChoice =
    step.optional === undefined
      ? {
          choice: "skip",
          title: "skip all the same …",
          says: "the runbook does not allow it: type plotzed, and give a reason",
          type: "plotzed",
        }
      : {
          choice: "skip",
          title: "skip, with a reason …",
          says: `allowed: optional step; then ${step.optional}`,
        };
  return [
    { choice: "retry", title: "retry", says: "runs the step again" },
    {
      choice: "edit",
      title: "retry with an edited command …",
      says: "opens the command in your editor; the change is shown and recorded",
    },
    {
      choice: "fixed",
      title: "I fixed it by hand: check again",
      says: "asks the probe and the step's checks whether it is done",
    },
    skip,
    {
      choice: "shell",
      title: "open a shell here",
      says: "what you type and what it prints is recorded in the run's folder",
    },
    {
      choice: "undo",
      title: "undo everything",
      says: "puts the old data back; removes the copy beside",
    },
    {
      choice: "leave",
      title: "leave it like this",
      says: "ends here; lifeboat resume goes on with this step",
    },
  ];
}

/** What resuming an interrupted live run would mean. */
export function fakeOffer(
  run: string,
  more: Partial<ResumeOffer>,
  start: (plan: Plan) => RunControl,
): ResumeOffer {
  const plan = { ...fakePlan("live"), run };
  return {
    run,
    plan,
    stands: ["stopped 4 min ago in step 3 of 7, Restore beside", "plotzed is as it was"],
    leftovers: [],
    differences: [],
    probed: [
      { title: "Restore beside", answer: "PARTLY", proposal: "removes the half copy, restores again" },
    ],
    start: () => Promise.resolve(start(plan)),
    ...more,
  };
}
