import { useBody } from "../hooks/use-body.ts";
import { useFeed } from "../hooks/use-feed.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { Frame } from "../parts/frame.tsx";
import { planTitle } from "../plan-lines.ts";
import { prose } from "../rows.ts";
import type { RunControl } from "../services.ts";

interface StopAskProps {
  control: RunControl;
  onYes: () => void;
  onNo: () => void;
}

/** Ctrl-C during a run asks; the run goes on meanwhile. */
export function StopAsk({ control, onYes, onNo }: StopAskProps) {
  const { plan } = control;
  const view = useFeed(control.feed);
  const { columns } = useBody();
  const keys = useKeys("ask", { yes: onYes, back: onNo });
  const running = plan.steps.filter((step) => view.state.steps.get(step.id)?.state === "running");
  const changing = running.some((step) => step.effect !== "reads");
  const what =
    running.length === 0
      ? "Nothing is running at this moment."
      : `Running now: ${running.map((step) => step.title).join(", ")}. It goes on until you answer.`;
  return (
    <Frame
      mode={plan.mode}
      title={planTitle(plan)}
      right="stop?"
      keys={keys}
      lines={[
        ...prose("Stop safely? Press y, or ctrl-c again. The run can be resumed.", columns, "ask"),
        [""],
        ...prose(what, columns),
        ...prose(
          `Stopping ${running.length === 0 ? "" : "ends that command, "}writes the journal and the handover, and leaves the rest undone.`,
          columns,
        ),
        ...(changing
          ? prose("A step that changes something is asked how far it came before anything goes on.", columns)
          : []),
        ...prose(`What is left to do stands in ${control.folder}/handover.md`, columns, "quiet"),
      ]}
    />
  );
}
