import { counted } from "../base/size.ts";
import { inWords } from "../base/duration.ts";
import { interruptionInWords } from "../journal/interruption-words.ts";
import type { RunState, StepState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { MODE_WORD } from "../step/mode.ts";
import type { LogLine } from "./scrollback.ts";
import { isOver } from "./run-clock.ts";
import type { Spans } from "./text.ts";
import { STEP_TONES, type Tone } from "./theme.ts";

/** A line and when it happened, in ms; undefined where only its place among the others is known. */
interface Entry extends LogLine {
  at: number | undefined;
}

/** Pure: what of a run is finished, a line each, in the order it happened: for the scrollback. */
export function runLog(plan: Plan, state: RunState): LogLine[] {
  const { opened } = state;
  if (!opened) return [];
  const head = `${MODE_WORD[plan.mode]}  ${plan.system} / ${plan.runbook}, ${counted(plan.steps.length, "step")}, run ${opened.run}`;
  const key = (...parts: string[]): string => [opened.run, ...parts].join(" ");
  const steps = [...state.steps.values()].flatMap((step): Entry[] => {
    const decided = decisionLines(plan, state, step.id, key);
    if (!isOver(step)) return decided;
    const last = stepLine(plan, step, key);
    // A step that is failed still was decided about after that; in any other state it is so by the decision.
    return step.state === "failed" ? [last, ...decided] : [...decided, last];
  });
  const stops = state.interruptions.map((one): Entry => ({
    key: key("interrupted", one.from),
    at: Date.parse(one.until),
    spans: line("interrupted", "", interruptionInWords(one), "warn"),
  }));
  const notes = state.notes.map((note): Entry => ({
    key: key("note", note.at, note.text),
    at: Date.parse(note.at),
    spans: line("note", "", `${note.by}: ${note.text}`, "accent"),
  }));
  return [
    { key: key("opened"), spans: [{ text: head, tone: "strong" }] },
    ...inOrder([...steps, ...stops, ...notes]),
  ];
}

/** What has no time of its own stays behind what it stood behind. */
function inOrder(entries: readonly Entry[]): LogLine[] {
  let last = 0;
  const timed = entries.map((entry) => {
    last = entry.at ?? last;
    return { entry, at: last };
  });
  return timed.sort((one, other) => one.at - other.at).map(({ entry: { key, spans } }) => ({ key, spans }));
}

function line(word: string, number: string, text: string, tone: Tone, bad = ""): Spans {
  return [{ text: `  ${word.padEnd(9)} ${number.padStart(2)}  `, tone }, text, { text: bad, tone: "bad" }];
}

const numberOf = (plan: Plan, id: string): string => {
  const at = plan.steps.findIndex((step) => step.id === id);
  return at < 0 ? "" : String(at + 1);
};
const titleOf = (plan: Plan, id: string): string => plan.steps.find((step) => step.id === id)?.title ?? id;

function stepLine(plan: Plan, step: StepState, key: (...parts: string[]) => string): Entry {
  const { id, ms, startedAt, error } = step;
  const took = ms === undefined || step.state === "printed" ? "" : `  ${inWords(ms)}`;
  const why = error === undefined ? "" : `  ${error.what}`;
  return {
    key: key(id, startedAt ?? "", step.state),
    at: startedAt === undefined ? undefined : Date.parse(startedAt) + (ms ?? 0),
    spans: line(step.state, numberOf(plan, id), titleOf(plan, id) + took, STEP_TONES[step.state], why),
  };
}

function decisionLines(
  plan: Plan,
  state: RunState,
  id: string,
  key: (...parts: string[]) => string,
): Entry[] {
  return state.decisions.flatMap((made, at): Entry[] => {
    if (made.step !== id) return [];
    const because = made.because === undefined ? "" : `, because: ${made.because}`;
    const spans = line(
      "decided",
      numberOf(plan, id),
      `${titleOf(plan, id)}: ${made.choice}${because}`,
      "ask",
    );
    return [{ key: key("decided", String(at)), at: undefined, spans }];
  });
}
