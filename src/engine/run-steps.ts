import { Listr } from "listr2";
import { messageOf } from "../base/errors.ts";
import type { StepResult } from "../journal/events.ts";
import { runbookStepOf, type Step } from "../step/step.ts";
import { EventRenderer } from "./renderer.ts";
import { emit, type RunContext } from "./run-context.ts";
import type { StepOutcome } from "./run-step.ts";
import { runUntilSettled } from "./run-until-settled.ts";

/** A step that may be built upon. */
const GOES_ON: readonly StepResult[] = ["done", "printed", "skipped"];

export interface StepsOutcome {
  outcomes: Map<string, StepOutcome>;
  /** Something outside the steps broke, such as the journal's disk: nothing further was started. */
  broken: unknown;
}

/**
 * The plan as one concurrent Listr: every task first awaits the steps it needs, so independent stores run side by side
 * and the order is a graph. A failure aborts the others by the shared signal, and they are awaited.
 */
export async function runSteps(
  context: RunContext,
  steps: readonly Step[],
  done: ReadonlyMap<string, StepOutcome> = new Map(),
): Promise<StepsOutcome> {
  const finished = new Map<string, Promise<StepOutcome>>();
  const settle = new Map<string, (outcome: StepOutcome) => void>();
  let broken: unknown;
  for (const [id, outcome] of done) finished.set(id, Promise.resolve(outcome));
  for (const step of steps) finished.set(step.id, new Promise((resolve) => settle.set(step.id, resolve)));

  const attempt = async (step: Step): Promise<StepOutcome> => {
    const needed = await Promise.all(step.needs.map((id) => finished.get(id)));
    const mayRun = needed.every((o) => o !== undefined && mayBuildOn(context, o, step));
    const skipped = step.needs.some((id, at) => needed[at]?.result === "skipped" && isSkippedWith(step, id));
    try {
      if (skipped) return skipToo(context, step);
      if (!mayRun || context.stop.signal.aborted) return notReached(context, step, broken);
      return await runUntilSettled(context, step);
    } catch (error) {
      broken = error;
      context.stop.abort("broken");
      return { result: "cancelled", refused: false, failure: { what: messageOf(error) } };
    }
  };
  const task = (step: Step) => ({
    title: step.title,
    task: async (): Promise<void> => {
      const outcome = await attempt(step);
      settle.get(step.id)?.(outcome);
      if (outcome.refused || (outcome.result === "failed" && step.onFailure !== "continue"))
        context.stop.abort("failed");
    },
  });
  const options = {
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false,
    renderer: EventRenderer,
  } as const;
  await new Listr(steps.map(task), options).run();
  const outcomes = new Map<string, StepOutcome>();
  // run() resolving does not mean success: the outcome is what our own steps say.
  for (const [id, outcome] of finished) outcomes.set(id, await outcome);
  return { outcomes, broken };
}

function mayBuildOn(context: RunContext, outcome: StepOutcome, step: Step): boolean {
  if (GOES_ON.includes(outcome.result)) return true;
  const failed =
    outcome.result === "failed" &&
    step.needs.some((id) => context.plan.steps.find((s) => s.id === id)?.onFailure === "continue");
  return failed;
}

/** The rest of an optional action whose earlier part was skipped: nothing is there that it could work on. */
const isSkippedWith = (step: Step, needed: string): boolean =>
  step.optional !== undefined && runbookStepOf(needed) === runbookStepOf(step.id);

function skipToo(context: RunContext, step: Step): StepOutcome {
  emit(context, { type: "step.ended", step: step.id, result: "skipped", ms: 0, checks: [] });
  return { result: "skipped", refused: false, failure: undefined };
}

function notReached(context: RunContext, step: Step, broken: unknown): StepOutcome {
  const outcome: StepOutcome = { result: "cancelled", refused: false, failure: undefined };
  // With the journal gone there is nowhere to write it.
  if (broken === undefined)
    emit(context, { type: "step.ended", step: step.id, result: "cancelled", ms: 0, checks: [] }, false);
  return outcome;
}
