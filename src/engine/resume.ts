import type { ProbeAnswer } from "../journal/recovery-events.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Step } from "../step/step.ts";
import { probe } from "./probe.ts";
import { emit, type RunContext } from "./run-context.ts";
import { checkStep, type StepOutcome } from "./run-step.ts";

const SETTLED = ["done", "printed", "skipped"] as const;

/** Where an interrupted run stands. */
export interface Standing {
  settled: Map<string, StepOutcome>;
  /** Begun and not settled: nobody knows yet how far they came. */
  inFlight: Step[];
  left: Step[];
}

export function standingOf(plan: Plan, state: RunState): Standing {
  const settled = new Map<string, StepOutcome>();
  for (const step of plan.steps) {
    const result = SETTLED.find((one) => one === state.steps.get(step.id)?.state);
    if (result) settled.set(step.id, { result, refused: false, failure: undefined });
  }
  const left = plan.steps.filter((step) => !settled.has(step.id));
  return {
    settled,
    left,
    inFlight: left.filter((step) => state.steps.get(step.id)?.startedAt !== undefined),
  };
}

export interface Probed {
  step: Step;
  answer: ProbeAnswer;
}

/** Asks every interrupted step's probe; read-only, journaled. */
export async function probeInFlight(context: RunContext, standing: Standing): Promise<Probed[]> {
  const probed: Probed[] = [];
  for (const step of standing.inFlight) probed.push({ step, answer: await probe(context, step) });
  return probed;
}

/** What resuming does with an interrupted step, for people. */
export function proposal({ step, answer }: Probed): string {
  if (answer === "DONE") return "it had finished: its checks are made, and the run goes on after it";
  if (answer === "NOT DONE") return step.effect === "reads" ? "it only looks: it is run again" : "it is run";
  if (answer === "PARTLY") return "it is run again from its beginning; what is half done is cleared first";
  return step.commands.length === 0
    ? "you are asked again"
    : "you decide: run it again, or say that it is done";
}

/** How an operator answers where a probe cannot tell. */
export type Assumption = "done" | "not done";

/**
 * Settles the interrupted steps that had finished: their checks must be green, or they count as failed and are decided
 * about like any other. Steps that are to be run stay in `left`. Nothing that was settled before is touched.
 */
export async function settleInFlight(
  context: RunContext,
  standing: Standing,
  probed: readonly Probed[],
  assume: ReadonlyMap<string, Assumption>,
): Promise<Standing> {
  const settled = new Map(standing.settled);
  for (const { step, answer } of probed) {
    const assumed = answer === "CANNOT TELL" ? assume.get(step.id) : undefined;
    if (answer !== "DONE" && assumed !== "done") continue;
    if (assumed === "done")
      emit(context, {
        type: "deviation",
        step: step.id,
        what: "taken as done",
        because: "said by the operator: the probe could not tell",
      });
    const outcome = await checkStep(context, step);
    if (outcome.result === "done") settled.set(step.id, outcome);
  }
  const left = standing.left.filter((step) => !settled.has(step.id));
  return { settled, left, inFlight: standing.inFlight.filter((step) => !settled.has(step.id)) };
}
