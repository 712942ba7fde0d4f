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
import { clockLine } from "../run-clock.ts";
import { outputHeading, outputLines, runStepLine } from "../run-lines.ts";
import type { Spans } from "../text.ts";

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
  onGate: (() => void) | undefined;
  onStop: () => void;
}

/** What is said above the steps: that it is stopping, that a question waits, or that it is over. */
function notice({ plan, view, stops, onGate }: RunListProps): Spans[] {
  if (view.state.ended) return [[{ text: ` ${view.state.ended.word}. Writing the report.`, tone: "strong" }]];
  if (stops === 1)
    return [
      [
        {
          text: " STOPPING SAFELY: waiting for the running command to end. ctrl-c again forces it.",
          tone: "ask",
        },
      ],
    ];
  if (stops > 1) return [[{ text: " STOPPING BY FORCE: the running command is killed.", tone: "bad" }]];
  if (!onGate) return [];
  const step = plan.steps.find((entry) => entry.id === view.state.gate?.step);
  return [[{ text: ` THE RUN WAITS FOR YOU: ${step?.title ?? "the plan"}. g answers.`, tone: "ask" }]];
}

/** The steps with their words, the clock, and the newest output of the marked step. */
export function RunList(props: RunListProps) {
  const { plan, view, at, following, rows, onMark, onOpen, onGate, onStop } = props;
  const { theme } = useEnv();
  const now = useNow();
  const { columns } = useBody();
  const count = plan.steps.length;
  const keys = useKeys("run", {
    ...(onGate ? { go: onGate } : {}),
    details: () => onOpen("details"),
    output: () => onOpen("output"),
    move: (key) => onMark(cursorAfter(key, at, count, 5)),
    ...(following ? {} : { look: () => onMark(undefined) }),
    stop: onStop,
  });
  const said = notice(props);
  const room = rows - said.length - 2;
  const forSteps = Math.max(1, Math.min(count, Math.max(3, Math.ceil(room * 0.55))));
  const forOutput = Math.max(0, room - forSteps);
  return (
    <Frame
      mode={plan.mode}
      title={planTitle(plan)}
      right={plan.targets[0]?.address ?? ""}
      keys={keys}
      lines={[
        clockLine(plan, view.state, now, columns, theme),
        ...said,
        ...listLines(plan.steps, at, forSteps, (_, on, index) =>
          runStepLine(plan, view, index, { on, now, columns, theme }),
        ),
        outputHeading(plan, view, at, now, columns, theme),
        ...outputLines(plan, view, at, forOutput, columns, theme),
      ]}
    />
  );
}
