import type { Plan } from "../../plan/plan-schema.ts";
import type { StepState } from "../../journal/run-state.ts";
import type { Step } from "../../step/step.ts";
import { useBody } from "../hooks/use-body.ts";
import { foundLines } from "../found-lines.ts";
import { wholeStepLines } from "../plan-lines.ts";
import type { Handlers } from "../hooks/use-keys.ts";
import { Reader } from "./reader.tsx";

interface StepReaderProps {
  plan: Plan;
  step: Step;
  /** What the run found out about it so far. */
  state?: StepState | undefined;
  onClose: () => void;
  handlers?: Handlers;
}

/** The whole of one step: during a run, what was found comes first. */
export function StepReader({ plan, step, state, onClose, handlers }: StepReaderProps) {
  const { columns } = useBody();
  const number = plan.steps.indexOf(step) + 1;
  return (
    <Reader
      mode={plan.mode}
      title={`step ${number} of ${plan.steps.length}: ${step.title}`}
      lines={[...foundLines(state, columns), ...wholeStepLines(plan, step, columns)]}
      onClose={onClose}
      {...(handlers ? { handlers } : {})}
    />
  );
}
