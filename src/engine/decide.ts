import { lineDiff } from "../base/diff.ts";
import type { DecisionChoice, OfferedChoice } from "../journal/recovery-events.ts";
import { type Command, editable } from "../step/command.ts";
import { runbookStepOf, type Step } from "../step/step.ts";
import { changedSoFar, choicesFor } from "./choices.ts";
import { probe } from "./probe.ts";
import { emit, type RunContext } from "./run-context.ts";
import { checkStep, type StepOutcome } from "./run-step.ts";
import { undoSteps } from "./undo-steps.ts";

/** What somebody has to decide about. */
export interface Situation {
  step: Step;
  failure: NonNullable<StepOutcome["failure"]>;
  changed: string[];
  choices: OfferedChoice[];
  /** The command that failed, as it can be edited. */
  commandText: string | undefined;
}

export interface Decision {
  choice: DecisionChoice;
  how: "typed" | "flag" | "nobody";
  because?: string | undefined;
  /** For `edit`: the whole new text. */
  edited?: string | undefined;
}

/** Asks a person. Opening a shell is the asker's business; it then asks again. */
export type Decide = (situation: Situation, signal: AbortSignal) => Promise<Decision>;

/** What the run does after a decision. */
export type Next = { kind: "again"; step: Step } | { kind: "settled"; outcome: StepOutcome };

/**
 * One question about a failed step, its answer journaled, deviations among it. Nothing is asked any more once the run is
 * stopped: another step that failed at the same time was decided first.
 */
export async function decideOn(context: RunContext, step: Step, outcome: StepOutcome): Promise<Next> {
  const decision = await context.gates.take(async () => {
    if (context.stop.signal.aborted) return undefined;
    const made = await ask(context, step, outcome);
    // Before the next one gets its turn: nobody is asked about a run that is being left.
    if (made.choice === "undo") context.stop.abort("undo");
    if (made.choice === "leave") context.stop.abort("left");
    return made;
  });
  return decision === undefined ? { kind: "settled", outcome } : follow(context, step, outcome, decision);
}

async function ask(context: RunContext, step: Step, outcome: StepOutcome): Promise<Decision> {
  const failure = outcome.failure ?? { what: "it failed" };
  const { state } = context.feed.snapshot();
  const failed = outcome.failedAt === undefined ? undefined : step.commands[outcome.failedAt];
  const situation: Situation = {
    step,
    failure,
    changed: changedSoFar(context.plan, state),
    choices: choicesFor(context.plan, state, step, outcome),
    commandText: failed === undefined ? undefined : editable(failed),
  };
  const { changed, choices, commandText } = situation;
  emit(context, { type: "decision.opened", step: step.id, failure, changed, choices });
  const made = context.decide ? await context.decide(situation, context.stop.signal) : NOBODY;
  const diff = made.edited === undefined ? [] : lineDiff(commandText ?? "", made.edited);
  emit(context, {
    type: "decision.made",
    step: step.id,
    choice: made.choice,
    how: made.how,
    ...(made.because === undefined ? {} : { because: made.because }),
    ...(diff.length === 0 ? {} : { diff }),
  });
  return made;
}

const NOBODY: Decision = { choice: "leave", how: "nobody" };

async function follow(
  context: RunContext,
  step: Step,
  outcome: StepOutcome,
  decision: Decision,
): Promise<Next> {
  const because = decision.because ?? "no reason given";
  const deviate = (what: string): void => emit(context, { type: "deviation", step: step.id, what, because });
  switch (decision.choice) {
    case "retry":
      return { kind: "again", step };
    case "shell":
    case "undo":
    case "leave":
      // A shell changes nothing of the plan: whoever opened it is asked again. The others have stopped the run.
      return { kind: "settled", outcome };
    case "edit": {
      const { edited } = decision;
      // An empty script ends with 0: nothing to run is no command, and the question stays.
      if (outcome.failedAt === undefined || edited === undefined || edited.trim() === "")
        return { kind: "settled", outcome };
      deviate("run with an edited command");
      return { kind: "again", step: withEdited(step, outcome.failedAt, edited) };
    }
    case "fixed":
      return fixed(context, step, outcome, deviate);
    case "skip":
      deviate(step.optional === undefined ? "skipped although the runbook does not allow it" : "skipped");
      await takeBackBegun(context, step, deviate);
      emit(context, { type: "step.ended", step: step.id, result: "skipped", ms: 0, checks: [] });
      return { kind: "settled", outcome: { result: "skipped", refused: false, failure: undefined } };
  }
}

/**
 * What the action of an optional step has made so far goes with it: half of a restore is of no use to anybody. What could
 * not be taken back is a deviation of its own, so that the result and the report tell of it.
 */
async function takeBackBegun(
  context: RunContext,
  step: Step,
  deviate: (what: string) => void,
): Promise<void> {
  if (step.optional === undefined) return;
  const { state } = context.feed.snapshot();
  const begun = context.plan.steps.filter(
    (other) =>
      runbookStepOf(other.id) === runbookStepOf(step.id) &&
      other.undo !== undefined &&
      state.steps.get(other.id)?.startedAt !== undefined,
  );
  const failure = await undoSteps(context, begun);
  if (failure) deviate(`what it had made is left behind, taking it back failed: ${failure.what}`);
}

/** The probe and the step's own checks decide whether it was really fixed, not the operator's word. */
async function fixed(
  context: RunContext,
  step: Step,
  before: StepOutcome,
  deviate: (what: string) => void,
): Promise<Next> {
  if (step.effect === "reads" || step.commands.length === 0) return { kind: "again", step };
  const answer = await probe(context, step);
  if (answer === "NOT DONE" || answer === "PARTLY") {
    const failure = { what: `the probe says ${answer}`, next: "finish it by hand, or retry" };
    return { kind: "settled", outcome: { ...before, failure } };
  }
  const outcome = await checkStep(context, step);
  const proven = answer === "DONE" || step.checks.length > 0;
  if (outcome.result === "done")
    deviate(proven ? "done by hand" : "done by hand, on the operator's word: nothing could tell");
  // What failed first can still be edited.
  return { kind: "settled", outcome: { ...outcome, failedAt: before.failedAt } };
}

/** The edited text is run by a shell, with the environment, secrets and token of the command it replaces. */
function withEdited(step: Step, index: number, text: string): Step {
  const commands = step.commands.map((command, at): Command => {
    if (at !== index) return command;
    const { stdin: _stdin, ...rest } = command;
    return { ...rest, argv: ["sh", "-c", text] };
  });
  return { ...step, commands };
}
