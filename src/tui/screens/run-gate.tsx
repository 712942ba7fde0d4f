import type { RunState } from "../../journal/run-state.ts";
import { useEnv } from "../hooks/use-env.ts";
import type { GateAnswer, RunControl } from "../services.ts";
import type { Spans } from "../text.ts";
import { ConfirmGate } from "./confirm-gate.tsx";
import { ManualGate } from "./manual-gate.tsx";

export interface RunGateProps {
  control: RunControl;
  gate: NonNullable<RunState["gate"]>;
  /** Look at the run first; the question stays open. */
  onPutOff: () => void;
  onStop: () => void;
}

/** What the two kinds of gate need. */
export interface GateProps extends Omit<RunGateProps, "control"> {
  control: RunControl;
  title: string;
  onAnswer: (answer: GateAnswer) => void;
}

/** A question of the run, asked in the run. Its answer goes into the scrollback. */
export function RunGate(props: RunGateProps) {
  const { scrollback } = useEnv();
  const { control, gate } = props;
  const at = control.plan.steps.findIndex((step) => step.id === gate.step);
  const name = control.plan.steps[at]?.title ?? "the plan";
  const title = at < 0 ? name : `step ${at + 1} of ${control.plan.steps.length}  ${name}`;
  const onAnswer = (answer: GateAnswer): void => {
    const word = gate.gate.kind === "manual" && answer.answer === "refused" ? "failed" : answer.answer;
    const note = answer.note === undefined ? "" : `: ${answer.note}`;
    const number = at < 0 ? "  " : String(at + 1).padStart(2);
    const spans: Spans = [{ text: `  ${word.padEnd(9)} ${number}  `, tone: "ask" }, name + note];
    scrollback.append([{ key: `gate ${gate.step} ${gate.since}`, spans }]);
    props.onPutOff();
    control.answerGate(answer);
  };
  const Kind = gate.gate.kind === "manual" ? ManualGate : ConfirmGate;
  return <Kind {...props} title={title} onAnswer={onAnswer} />;
}
