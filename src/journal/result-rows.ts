import { counted } from "../base/size.ts";
import { EXIT_MEANING } from "../base/exit-codes.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { CheckResult } from "../step/check.ts";
import { interruptionInWords } from "./interruption-words.ts";
import { ledgerInWords, ledgerOf } from "./ledger.ts";
import { objectiveRows } from "./objectives.ts";
import { type FoundCheck, runFacts, type RunFacts } from "./run-facts.ts";
import type { RunState } from "./run-state.ts";

/** One labelled line of a result, in reading order. `verdict` is what a screen may colour. */
export interface ResultRow {
  label: string;
  text: string;
  verdict?: "good" | "bad" | "warn";
}

/** Where a finished run's files are. */
export interface ResultPlaces {
  exit: number;
  report: string;
  folder: string;
}

/** "orders: expected 1,204 rows, found 0 rows (likely …)". */
export function checkInWords(check: CheckResult): string {
  const compared = [
    ...(check.expected === undefined ? [] : [`expected ${check.expected}`]),
    ...(check.found === undefined ? [] : [`found ${check.found}`]),
  ].join(", ");
  const head = compared === "" ? check.name : `${check.name}: ${compared}`;
  return [
    head,
    ...(check.why ? [`why: ${check.why}`] : []),
    ...(check.fix ? [`fix: ${check.fix}`] : []),
  ].join("; ");
}

function checkRows(facts: RunFacts, title: (id: string) => string): ResultRow[] {
  const counts = [`${facts.passed.length} passed`, `${facts.failed.length} failed`];
  if (facts.warnings.length > 0) counts.push(`${counted(facts.warnings.length, "warning")}`);
  counts.push(`${facts.notChecked.length} not checked`);
  const verdict = facts.failed.length > 0 ? "bad" : "good";
  const list = (label: string, found: FoundCheck[], mark?: ResultRow["verdict"]): ResultRow[] =>
    found.map(({ step, check }) => ({
      label,
      text: `${title(step)}: ${checkInWords(check)}`,
      ...(mark === undefined ? {} : { verdict: mark }),
    }));
  return [
    { label: "checks", text: counts.join(", "), ...(facts.passed.length > 0 ? { verdict } : {}) },
    ...list("failed", facts.failed, "bad"),
    ...list("warning", facts.warnings, "warn"),
    ...list("not checked", facts.notChecked, "warn"),
  ];
}

function errorRows(state: RunState, title: (id: string) => string): ResultRow[] {
  return [...state.steps.values()].flatMap((step): ResultRow[] => {
    if (!step.error) return [];
    const { what, why, next } = step.error;
    return [
      { label: "error", text: `${title(step.id)}: ${what}`, verdict: "bad" },
      ...(why === undefined ? [] : [{ label: "why", text: why }]),
      ...(next === undefined ? [] : [{ label: "next", text: next }]),
    ];
  });
}

/** What the deviations, which have rows of their own, do not tell of decisions and of steps that were left away. */
function recoveryRows(state: RunState, title: (id: string) => string): ResultRow[] {
  const deviates = new Set(state.deviations.map((deviation) => deviation.step));
  const told = state.decisions.filter(({ step, choice }) => choice === "retry" || !deviates.has(step));
  const skipped = [...state.steps.values()].filter(
    (step) => step.state === "skipped" && !deviates.has(step.id),
  );
  return [
    ...state.interruptions.map((one): ResultRow => ({
      label: "interrupted",
      text: interruptionInWords(one),
      verdict: "warn",
    })),
    ...told.map(({ step, choice, because }): ResultRow => ({
      label: "decided",
      text: `${title(step)}: ${choice}${because === undefined ? "" : `, because: ${because}`}`,
    })),
    ...skipped.map((step): ResultRow => ({ label: "skipped", text: title(step.id), verdict: "warn" })),
  ];
}

/** The result as the result screen, the end of the scrollback and the plain presenter show it. */
export function resultRows(state: RunState, plan: Plan, places: ResultPlaces): ResultRow[] {
  const facts = runFacts(state, plan);
  const title = (id: string): string => plan.steps.find((step) => step.id === id)?.title ?? id;
  return [
    ...objectiveRows(state, plan).map(({ label, text, met }): ResultRow => ({
      label,
      text,
      ...(met === undefined ? {} : { verdict: met ? "good" : "bad" }),
    })),
    ...(plan.mode === "dry-run"
      ? [{ label: "ledger", text: ledgerInWords(ledgerOf(plan, state), plan) }]
      : []),
    ...errorRows(state, title),
    ...checkRows(facts, title),
    ...recoveryRows(state, title),
    ...state.deviations.map(({ step, what, because }): ResultRow => ({
      label: "deviation",
      text: `${step === null ? "" : `${title(step)}: `}${what}, because: ${because}`,
      verdict: "warn",
    })),
    ...(state.ended?.state ?? []).map((text) => ({ label: "now", text })),
    ...facts.kept.map((text) => ({ label: "clean-up", text: `only when you ask for it: ${text}` })),
    ...(state.ended?.next ?? []).map((text) => ({ label: "next", text })),
    { label: "report", text: places.report },
    { label: "journal", text: `${places.folder}/journal.jsonl` },
    { label: "exit", text: `${places.exit}, ${meaning(places.exit)}` },
  ];
}

function meaning(exit: number): string {
  return Object.entries(EXIT_MEANING).find(([code]) => code === String(exit))?.[1] ?? "not a documented code";
}
