import { ageInWords } from "../base/duration.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Spans } from "./text.ts";

interface NoticeOptions {
  /** How often a stop was asked for. */
  stops: number;
  /** A question waits and can be answered here. */
  asks: boolean;
  watched: boolean;
  now: Date;
}

/** Pure: what is said above the steps: who runs it, that it is stopping, that a question waits, or that it is over. */
export function runNotice(plan: Plan, state: RunState, options: NoticeOptions): Spans[] {
  const { stops, asks, watched, now } = options;
  if (watched) return watching(plan, state, now);
  if (state.ended) return [[{ text: ` ${state.ended.word}. Writing the report.`, tone: "strong" }]];
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
  return asks
    ? [[{ text: ` THE RUN WAITS FOR YOU: ${waitsFor(plan, state)}. g answers.`, tone: "ask" }]]
    : [];
}

function waitsFor(plan: Plan, state: RunState): string {
  const id = state.decision?.step ?? state.gate?.step;
  const title = plan.steps.find((entry) => entry.id === id)?.title ?? "the plan";
  return state.decision ? `${title} FAILED, decide` : title;
}

function watching(plan: Plan, state: RunState, now: Date): Spans[] {
  const { opened, ended, lastAt } = state;
  const who = opened ? `${opened.operator}@${opened.machine}, pid ${opened.pid}, runs it` : "nothing yet";
  const age =
    lastAt === undefined ? "" : `, last entry ${ageInWords(now.getTime() - Date.parse(lastAt))} ago`;
  const waits = state.decision ?? state.gate;
  return [
    [{ text: " WATCHING", tone: "strong" }, `: ${who}${age}`],
    ...(waits && !ended
      ? [[{ text: ` It waits for its operator: ${waitsFor(plan, state)}.`, tone: "ask" }] satisfies Spans]
      : []),
  ];
}
