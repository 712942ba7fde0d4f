import type { RunView } from "../../journal/feed.ts";
import type { Plan } from "../../plan/plan-schema.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { useNow } from "../hooks/use-now.ts";
import { cursorAfter } from "../list.ts";
import { Frame } from "../parts/frame.tsx";
import { planTitle } from "../plan-lines.ts";
import { listLines } from "../rows.ts";
import { runNotice } from "../run-notice.ts";
import { clockLine } from "../run-clock.ts";
import { outputHeading, outputLines, runStepLine } from "../run-lines.ts";

interface RunListProps {
  plan: Plan;
  view: RunView;
  /** The marked step; the one that matters most while `following`. */
  at: number;
  following: boolean;
  rows: number;
  /** How often a stop was asked for. */
  stops: number;
  onMark: (at: number | undefined) => void;
  onOpen: (face: "details" | "output") => void;
  /** Opens the question that waits; undefined when none does. */
  onAnswer: (() => void) | undefined;
  /** undefined for a run that is only watched. */
  onStop: (() => void) | undefined;
  /** Only for a run that is watched: it goes on without the watcher. */
  onQuit: ((key: string) => void) | undefined;
}

/** The steps with their words, the clock, and the newest output of the marked step. */
export function RunList(props: RunListProps) {
  const { plan, view, at, following, rows, stops, onMark, onOpen, onAnswer, onStop, onQuit } = props;
  const { theme } = useEnv();
  const now = useNow();
  const { columns } = useBody();
  const count = plan.steps.length;
  const keys = useKeys("run", {
    ...(onAnswer ? { go: onAnswer } : {}),
    details: () => onOpen("details"),
    output: () => onOpen("output"),
    move: (key) => onMark(cursorAfter(key, at, count, 5)),
    ...(following ? {} : { look: () => onMark(undefined) }),
    ...(onStop ? { stop: onStop } : {}),
    ...(onQuit ? { quit: onQuit } : {}),
  });
  const watched = onQuit !== undefined;
  const said = runNotice(plan, view.state, { stops, asks: onAnswer !== undefined, watched, now });
  const room = rows - said.length - 2;
  const forSteps = Math.max(1, Math.min(count, Math.max(3, Math.ceil(room * 0.55))));
  const forOutput = Math.max(0, room - forSteps);
  return (
    <Frame
      mode={plan.mode}
      title={planTitle(plan)}
      right={watched ? "WATCHING" : (plan.targets[0]?.address ?? "")}
      keys={keys}
      lines={[
        clockLine(plan, view.state, now, columns, theme),
        ...said,
        ...listLines(plan.steps, at, forSteps, (_, on, index) =>
          runStepLine(plan, view, index, { on, now, columns, theme }),
        ),
        outputHeading(plan, view, at, { now, columns, theme, watched }),
        ...outputLines(plan, view, at, forOutput, columns, theme),
      ]}
    />
  );
}
