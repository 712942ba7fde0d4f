import { count, counted } from "../../base/size.ts";
import type { RunView } from "../../journal/feed.ts";
import type { Plan } from "../../plan/plan-schema.ts";
import { useBody } from "../hooks/use-body.ts";
import { type Spans, wrapExact } from "../text.ts";
import { Reader } from "./reader.tsx";

interface OutputReaderProps {
  plan: Plan;
  at: number;
  view: RunView;
  onClose: () => void;
  /** undefined for a run that is only watched. */
  onStop: (() => void) | undefined;
}

/** The newest output of one step as a whole screen; it follows the end until it is scrolled. */
export function OutputReader({ plan, at, view, onClose, onStop }: OutputReaderProps) {
  const { columns } = useBody();
  const step = plan.steps[at];
  const tail = view.tails.get(step?.id ?? "");
  const kept = tail?.lines ?? [];
  const note =
    tail && tail.total > kept.length
      ? `the newest ${count(kept.length)} of ${counted(tail.total, "line")}`
      : "";
  const lines: Spans[] =
    kept.length === 0
      ? [[" This step has printed nothing so far."]]
      : kept.flatMap((line) => wrapExact(line, columns - 1).map((part): Spans => [` ${part}`]));
  return (
    <Reader
      mode={plan.mode}
      title={`output of step ${at + 1}: ${step?.title ?? ""}`}
      right={note}
      lines={lines}
      follow
      onClose={onClose}
      handlers={onStop ? { stop: onStop } : {}}
    />
  );
}
