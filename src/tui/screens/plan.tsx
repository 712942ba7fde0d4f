import { useStdout } from "ink";
import { useState } from "react";
import type { Plan } from "../../plan/plan-schema.ts";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { cursorAfter } from "../list.ts";
import { useNow } from "../hooks/use-now.ts";
import { Frame } from "../parts/frame.tsx";
import type { Choice } from "../services.ts";
import { Reader } from "../parts/reader.tsx";
import { LeaveOut } from "./leave-out.tsx";
import { StepReader } from "../parts/step-reader.tsx";
import { headerLines, planStepLine, planTitle, titleWidth, wholeHeader } from "../plan-lines.ts";
import { listLines } from "../rows.ts";

/** The steps are what the screen is for: the header gives way to them, and can be read in full. */
const LEAST_STEPS = 8;

interface PlanProps {
  plan: Plan;
  /** What it was made from; with it the plan can be made anew without an optional step. */
  choice?: Choice | undefined;
  back: boolean;
}

/** What exactly is going to happen? Every step, what is lost, what is kept. Nothing has been run yet. */
export function PlanScreen({ plan, choice, back }: PlanProps) {
  const env = useEnv();
  const { write } = useStdout();
  const now = useNow();
  const { columns, rows } = useBody();
  const [wanted, setCursor] = useState(0);
  const [open, setOpen] = useState<"step" | "header" | "leave-out">();
  const count = plan.steps.length;
  const cursor = Math.min(wanted, Math.max(0, count - 1));
  const whole = wholeHeader(plan, now, columns);
  const header = headerLines(plan, now, columns, rows - Math.min(rows < 16 ? 5 : LEAST_STEPS, count) - 1);
  const fits = header.length === whole.length;
  const room = Math.max(1, rows - header.length - 1);
  const step = plan.steps[cursor];
  const keys = useKeys("plan", {
    ...menuKeys(env, back),
    go: () => env.move({ type: "go", screen: { kind: "gate", plan } }),
    ...(step ? { details: () => setOpen("step") } : {}),
    ...(step?.optional !== undefined && choice ? { "leave-out": () => setOpen("leave-out") } : {}),
    ...(fits ? {} : { header: () => setOpen("header") }),
    ...(count > 1 ? { move: (key) => setCursor(cursorAfter(key, cursor, count, room)) } : {}),
    // Written past ink, not as lines of the screen: a long command then wraps softly and copies as one line.
    print: () => write(`${env.services.planText(plan).join("\n")}\n`),
  });
  const close = (): void => setOpen(undefined);
  if (open === "step" && step) return <StepReader plan={plan} step={step} onClose={close} />;
  if (open === "leave-out" && step && choice)
    return <LeaveOut plan={plan} step={step} choice={choice} onBack={close} />;
  if (open === "header")
    return <Reader mode={plan.mode} title={planTitle(plan)} lines={whole} onClose={close} />;
  const titles = titleWidth(plan, columns);
  return (
    <Frame
      mode={plan.mode}
      title={planTitle(plan)}
      right={`plan ${plan.hash.slice(0, 6)}  ${count} steps`}
      keys={keys}
      lines={[
        ...header,
        [""],
        ...listLines(plan.steps, cursor, room, (entry, on, at) =>
          planStepLine(entry, at, on, titles, columns, env.theme),
        ),
      ]}
    />
  );
}
