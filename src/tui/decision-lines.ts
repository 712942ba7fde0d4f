import { inWords } from "../base/duration.ts";
import type { OfferedChoice } from "../journal/recovery-events.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { labelled, listLines, marked, markWidth, oneLine, prose } from "./rows.ts";
import { cell, cutEnd, type Spans, width } from "./text.ts";
import type { Theme, Tone } from "./theme.ts";

export type Decision = NonNullable<RunState["decision"]>;

const LABEL = 14;

/** One labelled fact; `weight` says what a small screen keeps longest, the lowest first. */
interface Fact {
  label: string;
  text: string;
  tone: Tone;
  weight: number;
}

/** "step 9 of 11  Migrations FAILED after 7 s". */
export function decisionTitle(plan: Plan, state: RunState, decision: Decision): string {
  const at = plan.steps.findIndex((step) => step.id === decision.step);
  const where = at < 0 ? "" : `step ${at + 1} of ${plan.steps.length}  `;
  const ms = state.steps.get(decision.step)?.ms;
  return `${where}${plan.steps[at]?.title ?? decision.step} FAILED${ms === undefined ? "" : ` after ${inWords(ms)}`}`;
}

/** Wall clock ms of the failure; undefined when the journal has no times for it. */
export function failedAt(state: RunState, decision: Decision): number | undefined {
  const step = state.steps.get(decision.step);
  return step?.startedAt === undefined ? undefined : Date.parse(step.startedAt) + (step.ms ?? 0);
}

const isLikely = (line: string): boolean => /^likely: /i.test(line);

/** One fact a line under one label; the later lines weigh less. */
function told(label: string, lines: readonly string[], tone: Tone, weight: number): Fact[] {
  return lines.map((text, at) => ({ label: at === 0 ? label : "", text, tone, weight: weight + at * 10 }));
}

function facts(plan: Plan, state: RunState, decision: Decision): Fact[] {
  const { what, why = "", next } = decision.failure;
  const said = why.split("\n").filter((line) => line.trim() !== "");
  // Several checks may fail of one cause.
  const likely = [...new Set(said.filter(isLikely).map((line) => line.replace(/^likely: /i, "")))];
  const reasons = said.filter((line) => !isLikely(line));
  const running = plan.steps.filter((step) => state.steps.get(step.id)?.state === "running");
  return [
    ...told("failed", [what], "bad", 0),
    ...told("because", reasons, "plain", 3),
    ...told("likely", likely, "ask", 1),
    ...told("what to do", next?.split("\n") ?? [], "plain", 4),
    ...told("changed so far", decision.changed.length > 0 ? decision.changed : ["nothing"], "strong", 2),
    ...told(
      "still running",
      running.map((step) => step.title),
      "accent",
      5,
    ),
  ];
}

/** Pure: what failed and what stands, in `room` rows: wrapped in full where that fits, else the weightiest facts, cut. */
export function failureLines(
  plan: Plan,
  state: RunState,
  decision: Decision,
  columns: number,
  room: number,
): Spans[] {
  const all = facts(plan, state, decision);
  const whole = wrapped(all, columns);
  if (whole.length <= room) return whole;
  const kept = new Set(
    all
      .toSorted((one, other) => one.weight - other.weight)
      .slice(0, all.length > room ? Math.max(1, room - 1) : room),
  );
  const lines = all
    .filter((fact) => kept.has(fact))
    .map((fact) => oneLine(fact.label, fact.text, fact.tone, LABEL));
  return lines.length < room ? [...lines, [{ text: " i shows all of it", tone: "quiet" }]] : lines;
}

const wrapped = (all: readonly Fact[], columns: number): Spans[] =>
  all.flatMap(({ label, text, tone }) => labelled(label, text, columns, tone, LABEL));

/** Pure: the choices, with what each would do beside it where there is room. */
export function choiceLines(
  choices: readonly OfferedChoice[],
  cursor: number,
  rows: number,
  columns: number,
  theme: Theme,
): Spans[] {
  const titles = Math.max(0, ...choices.map((choice) => width(choice.title)));
  const room = columns - markWidth(theme) - titles - 3;
  return listLines(choices, cursor, rows, (choice, on) =>
    marked(theme, on, [
      {
        text: room < 24 ? choice.title : cell(choice.title, titles, theme.ornaments.cut),
        tone: on ? "strong" : "plain",
      },
      {
        text: room < 24 ? "" : `  ${cutEnd(choice.says, room, theme.ornaments.cut)}`,
        tone: "quiet",
      },
    ]),
  );
}

/** Pure: everything about the decision, to be scrolled. */
export function wholeDecision(plan: Plan, state: RunState, decision: Decision, columns: number): Spans[] {
  return [
    ...wrapped(facts(plan, state, decision), columns),
    [""],
    ...decision.choices.flatMap((choice) => [
      [{ text: ` ${choice.title}`, tone: "strong" }] satisfies Spans,
      ...prose(`  ${choice.says}`, columns),
    ]),
  ];
}

const HARMLESS: readonly OfferedChoice["choice"][] = ["retry", "fixed", "shell", "edit", "leave"];

/** Pure: where the mark begins: never on what takes something back or leaves something out. */
export function firstChoice(choices: readonly OfferedChoice[]): number {
  const places = HARMLESS.map((name) => choices.findIndex((choice) => choice.choice === name));
  return places.find((at) => at >= 0) ?? 0;
}
