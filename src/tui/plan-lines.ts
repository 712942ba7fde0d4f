import { effectInWords, effectMark } from "../plan/last-safe-moment.ts";
import { type PlanRow, planRows } from "../plan/plan-rows.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { gistOf, stepSections } from "../plan/step-sections.ts";
import type { Effect, Step } from "../step/step.ts";
import { asManyAsFit, labelled, marked, markWidth, oneLine } from "./rows.ts";
import { cell, cutMiddle, type Spans, width, wrapExact } from "./text.ts";
import type { Theme, Tone } from "./theme.ts";

export const planTitle = (plan: Plan): string => `${plan.system} / ${plan.runbook}`;

const EFFECT_TONES: Record<Effect, Tone> = { reads: "quiet", reversible: "warn", irreversible: "bad" };
const ROW_TONES: Record<string, Tone> = { warning: "warn", "you lose": "warn", "you keep": "good" };

/** What the effect column says: a step that this mode only prints changes nothing, and says so. */
export function effectWord(step: Step): string {
  return step.does === "print" ? "printed" : effectMark(step);
}

const rowTone = (row: PlanRow): Tone => ROW_TONES[row.label] ?? "plain";
/** What a small screen keeps longest. */
const ORDER = [
  "target",
  "warning",
  "you lose",
  "no way back",
  "left out",
  "you keep",
  "safe",
  "backup",
  "time",
  "undo",
  "changed",
];
const weight = (row: PlanRow): number => {
  const at = ORDER.indexOf(row.label);
  return at < 0 ? ORDER.length : at;
};
/** Pure: what matters most first. */
export const byWeight = (rows: readonly PlanRow[]): PlanRow[] =>
  rows.toSorted((one, other) => weight(one) - weight(other));

/** Pure: the whole header. */
export function wholeHeader(plan: Plan, now: Date, columns: number): Spans[] {
  return wrapped(planRows(plan, now), columns);
}

const wrapped = (rows: readonly PlanRow[], columns: number): Spans[] =>
  rows.flatMap((row) => labelled(row.label, row.text, columns, rowTone(row)));

/** Pure: the header in `room` rows: the whole of it, else without the notes, else one cut line each. */
export function headerLines(plan: Plan, now: Date, columns: number, room: number): Spans[] {
  const rows = planRows(plan, now);
  const facts = rows.filter((row) => row.label !== "note");
  const fitting = [rows, facts].map((part) => wrapped(part, columns)).find((lines) => lines.length <= room);
  if (fitting) return fitting;
  const lines = byWeight(facts).map((row) => oneLine(row.label, row.text, rowTone(row)));
  return asManyAsFit(lines, room, "i");
}

/** Pure: one step as one line: number, effect, title, and its first command cut in the middle. */
export function planStepLine(
  step: Step,
  at: number,
  on: boolean,
  titles: number,
  columns: number,
  theme: Theme,
): Spans {
  const mark = theme.ornaments.cut;
  const number = String(at + 1).padStart(2);
  const effect = cell(effectWord(step), 12, mark);
  const left = columns - markWidth(theme) - number.length - 2 - 12 - 2 - titles - 2;
  const gate = step.gate && step.does === "run" ? " [asks you]" : "";
  return marked(theme, on, [
    `${number}  `,
    { text: effect, tone: step.does === "print" ? "quiet" : EFFECT_TONES[step.effect] },
    "  ",
    { text: cell(step.title + gate, titles, mark), tone: on ? "strong" : "plain" },
    "  ",
    { text: left < 12 ? "" : cutMiddle(gistOf(step), left, mark), tone: "quiet" },
  ]);
}

/** Cells for the titles: as wide as the widest, but at most half of the screen, the rest is for the command. */
export function titleWidth(plan: Plan, columns: number): number {
  const widest = Math.max(8, ...plan.steps.map((step) => width(step.title) + (step.gate ? 11 : 0)));
  return columns < 60 ? Math.max(8, columns - 22) : Math.min(widest, Math.floor(columns * 0.4));
}

/** Pure: everything about one step, commands whole: broken at the edge, never shortened. */
export function wholeStepLines(plan: Plan, step: Step, columns: number): Spans[] {
  return [
    ...labelled("effect", effectSays(step), columns, EFFECT_TONES[step.effect], 15),
    ...stepSections(step, plan.steps).flatMap((section) => {
      if (!section.exact)
        return section.lines.flatMap((text, at) =>
          labelled(at === 0 ? section.heading : "", text, columns, "plain", 15),
        );
      return [
        [{ text: ` ${section.heading}`, tone: "quiet" }] satisfies Spans,
        ...section.lines.flatMap((line) => exactLines(line, columns)),
      ];
    }),
  ];
}

/** A command line in full; what it runs over into is set in, so that one sees where a command begins. */
function exactLines(line: string, columns: number): Spans[] {
  const [first = "", ...rest] = wrapExact(line, columns - 3);
  return [
    [`  ${first}`],
    ...wrapExact(rest.join(""), columns - 7)
      .filter(Boolean)
      .map((part): Spans => [`      ${part}`]),
  ];
}

function effectSays(step: Step): string {
  if (step.does === "print") return `${step.effect}, but only printed in this mode`;
  return {
    reads: "reads: changes nothing",
    reversible: `${effectInWords(step)}: it can be undone`,
    irreversible: "irreversible: it cannot be undone",
  }[step.effect];
}
