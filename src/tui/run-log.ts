import { inWords } from "../base/duration.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { MODE_WORD } from "../step/mode.ts";
import type { LogLine } from "./scrollback.ts";
import { isOver } from "./run-clock.ts";
import { STEP_TONES } from "./theme.ts";

/** Pure: what of a run is finished, a line each, in the order it happened: for the scrollback. */
export function runLog(plan: Plan, state: RunState): LogLine[] {
  const { opened } = state;
  if (!opened) return [];
  const head = `${MODE_WORD[plan.mode]}  ${plan.system} / ${plan.runbook}, ${plan.steps.length} steps, run ${opened.run}`;
  const order = new Map(plan.steps.map((step, at) => [step.id, at]));
  const steps = [...state.steps.values()].filter((step) => isOver(step));
  return [
    { key: `${opened.run} opened`, spans: [{ text: head, tone: "strong" }] },
    ...steps.flatMap((step): LogLine[] => {
      const at = order.get(step.id) ?? -1;
      const title = plan.steps[at]?.title ?? step.id;
      const took = step.ms === undefined || step.state === "printed" ? "" : `  ${inWords(step.ms)}`;
      const why = step.error === undefined ? "" : `  ${step.error.what}`;
      return [
        {
          key: `${opened.run} ${step.id} ${step.startedAt ?? ""} ${step.state}`,
          spans: [
            {
              text: `  ${step.state.padEnd(9)} ${String(at + 1).padStart(2)}  `,
              tone: STEP_TONES[step.state],
            },
            title + took,
            { text: why, tone: "bad" },
          ],
        },
      ];
    }),
  ];
}
