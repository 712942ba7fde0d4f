import type { Plan } from "../../plan/plan-schema.ts";
import { runbookStepOf, type Step } from "../../step/step.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { TypedAsk } from "../parts/typed-ask.tsx";
import { planTitle } from "../plan-lines.ts";
import { prose } from "../rows.ts";
import type { Choice } from "../services.ts";

interface LeaveOutProps {
  plan: Plan;
  step: Step;
  choice: Choice;
  onBack: () => void;
}

/** Go without an optional part of the runbook? Its reason is typed, and the plan is made anew. */
export function LeaveOut({ plan, step, choice, onBack }: LeaveOutProps) {
  const { move } = useEnv();
  const { columns } = useBody();
  const id = runbookStepOf(step.id);
  const parts = plan.steps.filter((one) => runbookStepOf(one.id) === id).length;
  return (
    <TypedAsk
      mode={plan.mode}
      title={planTitle(plan)}
      says={[
        ...prose(`"${id}" is optional (${parts} steps). Without it: ${step.optional}.`, columns, "plain"),
        ...prose("The plan is made anew without it; the reason goes into the report.", columns, "quiet"),
      ]}
      ask="Why can it be left out?"
      label="reason: "
      onDone={(because) =>
        move({
          type: "replace",
          screen: {
            kind: "planning",
            choice: { ...choice, leaveOut: { ...choice.leaveOut, [id]: because } },
          },
        })
      }
      onBack={onBack}
    />
  );
}
