import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { placeOf } from "../runbook/load.ts";
import type { RunbookStep } from "../runbook/runbook-schema.ts";
import { isStoreAction } from "../runbook/store-kinds/registry.ts";
import { mustShow, storeKind } from "../stores/registry.ts";
import type { Expansion, StoreContext } from "../stores/store-kind.ts";
import type { Step } from "../step/step.ts";
import { askOther } from "./ask-other.ts";
import { commandStep, confirmStep, manualStep } from "./other-steps.ts";
import type { PlanInput } from "./plan-input.ts";

const one = (step: Step): Expansion => ({ steps: [step], last: [], keeps: [] });

/** The store's view of this plan for one step. Throws exit 1 for a store nobody gathered. */
export function storeContext(input: PlanInput, step: RunbookStep & { store: string }): StoreContext {
  const store = input.stores.get(step.store);
  if (!store)
    throw new LifeboatError(EXIT.bug, {
      what: `store ${step.store} was not gathered`,
      where: `step ${step.id}`,
    });
  const own = step.kind === "restore" ? step.strategy : undefined;
  const { mode, run, jobs, skipSafetyCopy } = input;
  const strategy = input.strategy ?? own ?? "swap";
  const ask = (id: string, question: string) => askOther(input, id, question);
  return { ...store, mode, run, jobs, skipSafetyCopy, strategy, ask };
}

function expandOne(input: PlanInput, step: RunbookStep): Expansion {
  const on = "host" in step ? (placeOf(input.system, step.host).hops ?? []) : [];
  const context = { mode: input.mode, secrets: input.runbook.secretEnv.get(step.id) ?? {}, on };
  switch (step.kind) {
    case "command":
    case "migrate":
      return one(commandStep(step, context));
    case "manual":
      return one(manualStep(step, context));
    case "confirm":
      return one(confirmStep(step, context));
    default: {
      const store = storeContext(input, step);
      return storeKind(store.store.kind).expand(step, store);
    }
  }
}

function withShows(step: Step): Step {
  const checks = step.checks.map((check) => {
    const shows = mustShow(check);
    return shows.length === 0 ? check : { ...check, shows };
  });
  return { ...step, checks };
}

/** Where a runbook acts on several stores, each step of an action says on which: "Swap" alone would be five of them. */
function titled(step: Step, from: RunbookStep, several: boolean): Step {
  const isAction = several && step.store !== undefined && isStoreAction(from.kind);
  return isAction ? { ...step, title: `${step.store}: ${step.title}` } : step;
}

/** Ids inside a set of steps that no other of them needs: where what follows hangs on. */
function ends(steps: readonly Step[]): string[] {
  const needed = new Set(steps.flatMap((step) => step.needs));
  return steps.map((step) => step.id).filter((id) => !needed.has(id));
}

/**
 * Every step of the runbook expanded, with `needs` as ids of planned steps: what begins a runbook step needs the ends of
 * the runbook steps it needs (by default of the one before it).
 */
export function expandRunbook(input: PlanInput): Expansion {
  const all: Step[] = [];
  const last: Step[] = [];
  const keeps: string[] = [];
  const notes: string[] = [];
  const endsOf = new Map<string, string[]>();
  const { steps } = input.runbook.runbook;
  const several = new Set(steps.flatMap((step) => ("store" in step ? (step.store ?? []) : []))).size > 1;
  let before: string | undefined;
  for (const step of steps) {
    const needs = (step.needs ?? (before === undefined ? [] : [before])).flatMap(
      (id) => endsOf.get(id) ?? [],
    );
    before = step.id;
    if (input.leaveOut?.has(step.id)) {
      // What comes after it waits for what it would have waited for.
      endsOf.set(step.id, needs);
      continue;
    }
    const expansion = expandOne(input, step);
    const optional = step.optional === undefined ? {} : { optional: step.optional };
    const finished = (made: Step): Step => titled(withShows({ ...made, ...optional }), step, several);
    all.push(...expansion.steps.map((s) => finished(s.needs.length === 0 ? { ...s, needs } : s)));
    last.push(...expansion.last.map(finished));
    const of = several && "store" in step ? `${step.store}: ` : "";
    keeps.push(...expansion.keeps.map((line) => of + line));
    notes.push(...(expansion.notes ?? []));
    endsOf.set(step.id, ends(expansion.steps));
  }
  const leaves = ends(all);
  return { steps: [...all, ...last.map((step) => ({ ...step, needs: leaves }))], last: [], keeps, notes };
}
