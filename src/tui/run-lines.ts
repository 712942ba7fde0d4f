import { clock, inWords } from "../base/duration.ts";
import { counted } from "../base/size.ts";
import type { RunView } from "../journal/feed.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Step } from "../step/step.ts";
import { marked, markWidth } from "./rows.ts";
import { isOver, runningMs, silence } from "./run-clock.ts";
import { cell, cutMiddle, type Spans, width } from "./text.ts";
import { STEP_TONES, type StepWord, type Theme } from "./theme.ts";

/** Pure: the step the operator most wants to see: one to decide about, a question, else what runs, else what is next, else the last. */
export function focusOf(plan: Plan, view: RunView): number {
  const at = (state: string): number =>
    plan.steps.findLastIndex((step) => view.state.steps.get(step.id)?.state === state);
  const failed = plan.steps.findIndex((step) => step.id === view.state.decision?.step);
  if (failed >= 0) return failed;
  const gate = at("gate");
  if (gate >= 0) return gate;
  const running = at("running");
  if (running >= 0) return running;
  const next = plan.steps.findIndex((step) => !isOver(view.state.steps.get(step.id)));
  return next >= 0 ? next : plan.steps.length - 1;
}

/** Pure: the word for a step; `next` is the first that has not begun. */
export function wordOf(plan: Plan, view: RunView, at: number): StepWord {
  const state = view.state.steps.get(plan.steps[at]?.id ?? "")?.state ?? "waiting";
  if (state !== "waiting" || view.state.ended) return state;
  const first = plan.steps.findIndex(
    (step) => (view.state.steps.get(step.id)?.state ?? "waiting") === "waiting",
  );
  return first === at ? "next" : "waiting";
}

/** What may stand on the right, the fullest first; a narrow screen takes the first that fits. */
function rightSides(step: Step, view: RunView, word: StepWord, now: Date): string[] {
  const state = view.state.steps.get(step.id);
  if (view.state.decision?.step === step.id) return ["waits for a decision", "decide"];
  if (word === "gate") return ["waits for you", "asks"];
  if (word === "running") {
    const time = clock(runningMs(state, now));
    const of = step.expectedMs === undefined ? time : `${time} of ~${clock(step.expectedMs)}`;
    const progress = view.progress.get(step.id)?.words;
    return [...(progress === undefined ? [] : [`${progress}  ${of}`, `${progress}  ${time}`]), of, time];
  }
  if (step.does === "print") return ["not run in this mode", "not run"];
  if (state?.ms !== undefined) return [inWords(state.ms)];
  if (step.gate) return ["will ask you", "asks"];
  return [step.expectedMs === undefined ? "" : `~${clock(step.expectedMs)}`];
}

/** Pure: one step of the run: glyph, word, number, title, and on the right how long or how far. */
export function runStepLine(
  plan: Plan,
  view: RunView,
  at: number,
  options: { on: boolean; now: Date; columns: number; theme: Theme },
): Spans {
  const { on, now, columns, theme } = options;
  const step = plan.steps[at];
  if (!step) return [""];
  const word = wordOf(plan, view, at);
  const mark = theme.ornaments.cut;
  const glyph = theme.glyphs[word] === "" ? "" : `${theme.glyphs[word]} `;
  const head = `${glyph}${word.padEnd(9)} ${String(at + 1).padStart(2)}  `;
  const room = columns - markWidth(theme) - width(head) - 1;
  const sides = rightSides(step, view, word, now);
  const right = sides.find((side) => width(side) <= room * 0.5) ?? sides.at(-1) ?? "";
  return marked(theme, on, [
    { text: head, tone: STEP_TONES[word] },
    {
      text: cell(step.title, room - width(right) - 1, mark),
      tone: word === "running" ? "strong" : STEP_TONES[word],
    },
    ` ${right}`,
  ]);
}

/** Pure: the line above the output: of which step, how much, and silence as silence. */
export function outputHeading(
  plan: Plan,
  view: RunView,
  at: number,
  options: { now: Date; columns: number; theme: Theme; watched: boolean },
): Spans {
  const { now, columns, theme, watched } = options;
  const step = plan.steps[at];
  if (!step) return [""];
  const tail = view.tails.get(step.id);
  const state = view.state.steps.get(step.id);
  const since = tail ? now.getTime() - tail.lastAt : runningMs(state, now);
  // The journal alone does not tell a watcher whether a command prints.
  const known = state?.state === "running" && !(watched && tail === undefined);
  const quiet = silence(known ? since : 0, step.silenceMs);
  const { rule } = theme.ornaments;
  const much = tail ? `, ${counted(tail.total, "line")}` : quiet === "" ? ", nothing yet" : "";
  const line: Spans = [
    ` ${rule}${rule} output of ${at + 1}${much}`,
    { text: quiet === "" ? "" : `, ${quiet}`, tone: "warn" },
    " ",
  ];
  const used = line.reduce((sum, span) => sum + width(typeof span === "string" ? span : span.text), 0);
  return [...line, { text: rule.repeat(Math.max(0, columns - used - 1)), tone: "quiet" }];
}

/** Pure: the command that runs and the newest lines of output, exactly `rows` lines, so that the keys stay in place. */
export function outputLines(
  plan: Plan,
  view: RunView,
  at: number,
  rows: number,
  columns: number,
  theme: Theme,
): Spans[] {
  const id = plan.steps[at]?.id ?? "";
  const command = view.state.steps.get(id)?.command;
  const head: Spans[] =
    command === undefined || rows < 3
      ? []
      : [
          [
            {
              text: cutMiddle(` $ ${command.replaceAll("\n", " ")}`, columns, theme.ornaments.cut),
              tone: "quiet",
            },
          ],
        ];
  const tail = (view.tails.get(id)?.lines ?? []).slice(-Math.max(0, rows - head.length));
  const lines: Spans[] = [...head, ...tail.map((line): Spans => [` ${line}`])];
  return [...lines, ...Array.from({ length: Math.max(0, rows - lines.length) }, (): Spans => [""])].slice(
    0,
    rows,
  );
}
