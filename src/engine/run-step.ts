import { join } from "node:path";
import type { StepResult } from "../journal/events.ts";
import type { CheckResult } from "../step/check.ts";
import type { Gate, Step } from "../step/step.ts";
import { type Failure, failureOfChecks, failureOfThrown } from "./failure.ts";
import { interlock } from "./interlock.ts";
import { OutputFile, type OutputSummary } from "./output-file.ts";
import { runChecks } from "./run-checks.ts";
import { runCommand } from "./run-command.ts";
import { emit, type RunContext } from "./run-context.ts";

export interface StepOutcome {
  result: StepResult;
  refused: boolean;
  failure: Failure | undefined;
  /** Which command failed; undefined when a check or a gate did. */
  failedAt?: number | undefined;
}

const outcome = (result: StepResult, failure?: Failure, refused = false): StepOutcome => ({
  result,
  failure,
  refused,
});

/** One step from its gate to its outcome. Everything that happens is in the journal before and after. */
export async function runStep(context: RunContext, step: Step): Promise<StepOutcome> {
  if (step.does === "print") {
    emit(context, { type: "step.ended", step: step.id, result: "printed", ms: 0, checks: [] }, false);
    return outcome("printed");
  }
  const gate = await passGate(context, step);
  if (gate !== undefined) {
    emit(context, {
      type: "step.ended",
      step: step.id,
      result: gate.result,
      ms: 0,
      checks: [],
      ...(gate.failure ? { error: gate.failure } : {}),
    });
    return gate;
  }
  const started = context.clock.mono();
  const attempt = (context.feed.snapshot().state.steps.get(step.id)?.attempts ?? 0) + 1;
  emit(
    context,
    { type: "step.started", step: step.id, effect: step.effect, attempt },
    step.commands.length === 0 && step.effect !== "reads",
  );
  const done = await perform(context, step);
  const result: StepResult = done.failure ? (context.stop.signal.aborted ? "cancelled" : "failed") : "done";
  emit(
    context,
    {
      type: "step.ended",
      step: step.id,
      result,
      ms: Math.round(context.clock.mono() - started),
      checks: done.checks,
      ...(done.failure ? { error: done.failure } : {}),
      ...(done.output ? { output: done.output } : {}),
    },
    done.failure !== undefined,
  );
  return { ...outcome(result, done.failure), failedAt: done.failedAt };
}

/** undefined when the way is free. */
async function passGate(context: RunContext, step: Step): Promise<StepOutcome | undefined> {
  const gate = step.gate && withProof(context, step, step.gate);
  if (gate) {
    const reply = await context.gates.take(async () => {
      emit(context, { type: "gate.opened", step: step.id, gate });
      const given = await context.ask(gate, step, context.stop.signal);
      emit(context, { type: "gate.answered", step: step.id, ...withoutUndefined(given) });
      return given;
    });
    if (reply.answer === "refused") return refusal(context, step, reply);
  }
  if (step.touchesLive !== true && step.asksHost !== true && step.effect !== "irreversible") return undefined;
  const failure = await interlock(context, step);
  return failure ? outcome("failed", failure) : undefined;
}

/** What the checks before it have shown, in numbers, in front of what the gate says. */
function withProof(context: RunContext, step: Step, gate: Gate): Gate {
  const { state } = context.feed.snapshot();
  const checksOf = (id: string): CheckResult[] => [...(state.steps.get(id)?.checks ?? [])];
  const proofs = context.plan.steps.filter((one) => one.store === step.store && one.failsAs === "red");
  const checks = step.touchesLive === true ? proofs.flatMap((one) => checksOf(one.id)) : [];
  const told = (gate.shows ?? [])
    .flatMap(checksOf)
    .flatMap(({ name, found }) => (found === undefined ? [] : [`${name}: ${found}`]));
  return { ...gate, says: [...(checks.length > 0 ? [proofInWords(checks)] : []), ...told, ...gate.says] };
}

function proofInWords(checks: readonly CheckResult[]): string {
  const number = (result: CheckResult["result"]): number =>
    checks.filter((check) => check.result === result).length;
  const [failed, open] = [number("fail"), number("not checked")];
  const rest = [failed > 0 ? `${failed} FAILED` : "", open > 0 ? `${open} not checked` : ""].filter(
    (part) => part !== "",
  );
  return `Checks of the restored copy: ${[`${number("pass")} passed`, ...rest].join(", ")}.`;
}

function refusal(
  context: RunContext,
  step: Step,
  reply: { how: string; note?: string | undefined },
): StepOutcome {
  if (context.stop.signal.aborted)
    return outcome("cancelled", { what: "stopped by the operator at the gate" });
  if (step.gate?.kind === "manual" && reply.how === "typed")
    return outcome("failed", {
      what: "the operator said this was not done",
      ...(reply.note ? { why: reply.note } : {}),
    });
  const flag = step.gate?.flag;
  const what = reply.how === "nobody" ? "nobody is there to answer this gate" : "refused at the gate";
  return outcome(
    "cancelled",
    { what, ...(flag && reply.how === "nobody" ? { next: `run again with ${flag}` } : {}) },
    true,
  );
}

function withoutUndefined(reply: {
  answer: "confirmed" | "refused";
  how: "typed" | "flag" | "nobody";
  note?: string | undefined;
}) {
  const { note, ...rest } = reply;
  return note === undefined ? rest : { ...rest, note };
}

/** Only the step's own checks, for what was done by hand or before an interruption: journaled like the step itself. */
export async function checkStep(context: RunContext, step: Step): Promise<StepOutcome> {
  return runStep(context, withoutGate({ ...step, commands: [] }));
}

function withoutGate(step: Step): Step {
  const { gate: _gate, ...rest } = step;
  return rest;
}

interface Performed {
  failure: Failure | undefined;
  failedAt?: number | undefined;
  checks: CheckResult[];
  output: OutputSummary | undefined;
}

async function perform(context: RunContext, step: Step): Promise<Performed> {
  if (step.commands.length === 0 && step.checks.length === 0)
    return { failure: undefined, checks: [], output: undefined };
  const name = `output/${step.id}.log`;
  const output = new OutputFile(join(context.folder, name), name, context.redactor);
  let failure: Failure | undefined;
  let failedAt: number | undefined;
  let checks: CheckResult[] = [];
  try {
    for (const [index, command] of step.commands.entries()) {
      failedAt = index;
      failure = await runCommand(context, step, index, command, output);
      if (failure) break;
      failedAt = undefined;
    }
    if (!failure) {
      checks = await runChecks(context, step, output);
      const failed = checks.filter((c) => c.result === "fail");
      if (failed.length > 0) failure = failureOfChecks(failed);
      else if (context.stop.signal.aborted) failure = { what: "stopped by the operator" };
    }
  } catch (error) {
    failure = failureOfThrown(error);
  }
  return { failure, failedAt, checks, output: output.close() };
}
