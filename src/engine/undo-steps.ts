import { join } from "node:path";
import type { Step } from "../step/step.ts";
import { type Failure, failureOfThrown } from "./failure.ts";
import { OutputFile } from "./output-file.ts";
import { runCommand } from "./run-command.ts";
import { emit, type RunContext } from "./run-context.ts";

/** Runs the undo (or clean-up) commands of one step, journaled as a step of its own: `undo <id>`. */
export async function takeBack(
  context: RunContext,
  step: Step,
  what: "undo" | "cleanup",
): Promise<Failure | undefined> {
  const recipe = step[what];
  if (!recipe) return undefined;
  const id = `${what} ${step.id}`;
  const started = context.clock.mono();
  const name = `output/${what}-${step.id}.log`;
  const output = new OutputFile(join(context.folder, name), name, context.redactor);
  const asStep: Step = { ...step, id, commands: recipe.commands, checks: [] };
  emit(
    context,
    {
      type: "step.started",
      step: id,
      effect: step.effect === "reads" ? "reversible" : step.effect,
      attempt: 1,
    },
    false,
  );
  let failure: Failure | undefined;
  try {
    for (const [index, command] of recipe.commands.entries()) {
      failure = await runCommand(context, { ...asStep, effect: "reversible" }, index, command, output);
      if (failure) break;
    }
  } catch (error) {
    failure = failureOfThrown(error);
  }
  const summary = output.close();
  const ms = Math.round(context.clock.mono() - started);
  const result = failure ? "failed" : "done";
  emit(context, {
    type: "step.ended",
    step: id,
    result,
    ms,
    checks: [],
    ...(summary ? { output: summary } : {}),
    ...(failure ? { error: failure } : {}),
  });
  return failure;
}

/** Whether its undo has succeeded since it was last begun. */
export function isTakenBack(context: RunContext, step: Step): boolean {
  return context.feed.snapshot().state.steps.get(`undo ${step.id}`)?.state === "done";
}

/** Works backwards through what was done or begun; stops at the first undo that fails. */
export async function undoSteps(context: RunContext, steps: readonly Step[]): Promise<Failure | undefined> {
  for (const step of steps.toReversed()) {
    if (isTakenBack(context, step)) continue;
    const failure = await takeBack(context, step, "undo");
    if (failure) return failure;
  }
  return undefined;
}
