import { EXIT } from "../base/exit-codes.ts";
import { LifeboatError } from "../base/errors.ts";
import type { Step } from "../step/step.ts";
import { type Verdict, verdictOf } from "./outcome.ts";
import { emit, type RunContext } from "./run-context.ts";
import type { Standing } from "./resume.ts";
import { runSteps, type StepsOutcome } from "./run-steps.ts";
import { isTakenBack, takeBack, undoSteps } from "./undo-steps.ts";

export interface RunOptions {
  /** What happens to what was done when a step fails. A drill always takes its scratch target away. */
  onFailure: "stop" | "undo";
}

/**
 * Runs a plan whose journal is open, to its end or to the first failure, and journals the verdict. A resumed run gives
 * its standing: only what is left is run.
 * Throws only when the journal itself cannot be written.
 */
export async function runPlan(
  context: RunContext,
  options: RunOptions,
  standing?: Pick<Standing, "left" | "settled">,
): Promise<Verdict> {
  const steps = await runSteps(context, standing?.left ?? context.plan.steps, standing?.settled);
  if (steps.broken !== undefined) throw steps.broken;
  const { reason } = context.stop.signal;
  const interrupted = reason === "interrupted";
  // What follows must run although the run was stopped.
  const after: RunContext = { ...context, stop: new AbortController() };
  const wanted: RunOptions =
    reason === "undo" ? { onFailure: "undo" } : reason === "left" ? { onFailure: "stop" } : options;
  const undone = await clearUp(after, steps, wanted, interrupted);
  const state = context.feed.snapshot().state;
  const verdict = verdictOf({ plan: context.plan, state, outcomes: steps.outcomes, interrupted, undone });
  emit(context, { type: "run.ended", ...verdict });
  return verdict;
}

function begun(context: RunContext, steps: StepsOutcome): Step[] {
  const state = context.feed.snapshot().state;
  return context.plan.steps.filter(
    (step) =>
      steps.outcomes.has(step.id) && state.steps.get(step.id)?.startedAt !== undefined && step.does === "run",
  );
}

async function clearUp(
  context: RunContext,
  steps: StepsOutcome,
  options: RunOptions,
  interrupted: boolean,
): Promise<"not tried" | "undone" | "failed"> {
  const bad = begun(context, steps).filter((step) =>
    ["failed", "cancelled"].includes(steps.outcomes.get(step.id)?.result ?? ""),
  );
  const stopped = [...steps.outcomes.values()].some((o) => o.result === "failed" || o.result === "cancelled");
  if (!stopped) return "not tried";
  const { mode } = context.plan;
  if (mode === "drill" || (mode === "live" && options.onFailure === "undo" && !interrupted)) {
    const changed = begun(context, steps).filter((step) => step.undo);
    if (changed.length === 0) return "not tried";
    return (await undoSteps(context, changed)) ? "failed" : "undone";
  }
  for (const step of bad.filter((s) => s.undo?.onFailure && !isTakenBack(context, s))) {
    if (await takeBack(context, step, "undo")) return "failed";
  }
  return "not tried";
}

/** For `undo` and `cleanup` of a run that is over: the steps, newest last, that have something to take back. */
export function stepsToTakeBack(context: RunContext, what: "undo" | "cleanup"): Step[] {
  const { state } = context.feed.snapshot();
  const removed = context.plan.steps.filter(
    (step) => state.steps.get(`cleanup ${step.id}`)?.state === "done",
  );
  if (what === "undo" && removed.length > 0) throw keptIsGone(context, removed);
  const steps = context.plan.steps.filter((step) => {
    const gone = isTakenBack(context, step) || removed.includes(step);
    const wasBegun = state.steps.get(step.id)?.startedAt !== undefined;
    return step[what] !== undefined && step.does === "run" && wasBegun && !gone;
  });
  // Killed behind its last step, it has only its last word left to say.
  const unsaid =
    state.open && context.plan.steps.some(({ id }) => state.steps.get(`${what} ${id}`)?.state === "done");
  if (steps.length > 0 || unsaid) return steps;
  throw new LifeboatError(EXIT.usage, {
    what: `run ${context.plan.run} has nothing to ${what === "undo" ? "undo" : "clean up"}`,
    next: `look at it with: lifeboat report ${context.plan.run}`,
  });
}

function keptIsGone(context: RunContext, removed: readonly Step[]): LifeboatError {
  const { run } = context.plan;
  return new LifeboatError(EXIT.usage, {
    what: `run ${run} cannot be undone any more`,
    why: `its clean-up removed what it kept: ${removed.map((step) => step.cleanup?.says ?? step.id).join("; ")}`,
    next: `look at it with: lifeboat report ${run}; older data can only come from a backup`,
  });
}
