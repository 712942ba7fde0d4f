import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { placeOf } from "../runbook/load.ts";
import type { RunbookStep } from "../runbook/runbook-schema.ts";
import { isStoreAction } from "../runbook/store-kinds/registry.ts";
import { servicesMustShow } from "../services/judges.ts";
import { kindFor, mustShow } from "../stores/registry.ts";
import type { Expansion, StoreContext } from "../stores/store-kind.ts";
import { runbookStepOf, type Step } from "../step/step.ts";
import { askOther } from "./ask-other.ts";
import { backupStep } from "./backup-step.ts";
import { httpStep } from "./http-step.ts";
import { commandStep, confirmStep, manualStep } from "./other-steps.ts";
import { type PlanInput, stepsOf } from "./plan-input.ts";
import { hostOf, servicesPlanning } from "./services-planning.ts";
import { servicesSteps, waitForServices } from "./services-step.ts";
import { waitForStore } from "./wait-step.ts";

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
  const on = placeOf(input.system, hostOf(step)).hops ?? [];
  const context = { mode: input.mode, secrets: input.runbook.secretEnv.get(step.id) ?? {}, on };
  switch (step.kind) {
    case "command":
    case "migrate":
      return one(commandStep(step, context));
    case "backup":
      return one(backupStep(step, input.system, input.run, context));
    case "http":
      return one(httpStep(step, context));
    case "wait":
      return one(
        step.store === undefined
          ? waitForServices({ ...step, host: step.host ?? "local" }, servicesPlanning(input, step))
          : waitForStore(step, storeContext(input, { ...step, store: step.store }), context),
      );
    case "services":
      return { steps: servicesSteps(step, servicesPlanning(input, step)), last: [], keeps: [] };
    case "manual":
      return one(manualStep(step, context));
    case "confirm":
      return one(confirmStep(step, context));
    default: {
      const store = storeContext(input, step);
      return kindFor(store).expand(step, store);
    }
  }
}

function withShows(step: Step): Step {
  const checks = step.checks.map((check) => {
    const shows = [...mustShow(check), ...servicesMustShow(check)];
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
 * the runbook steps it needs (by default of the one before it). What brings the servers up comes first, and everything
 * else needs its ends.
 */
export function expandRunbook(input: PlanInput): Expansion {
  const { runbook } = input.runbook;
  const steps = stepsOf(input);
  const several = new Set(steps.flatMap((step) => ("store" in step ? (step.store ?? []) : []))).size > 1;
  const endsOf = new Map<string, string[]>();
  const up = expandList(input, input.part === "rest" ? [] : runbook["bring-up"], {
    several,
    endsOf,
    start: [],
  });
  const rest = expandList(input, input.part === "bring-up" ? [] : runbook.steps, {
    several,
    endsOf,
    start: ends(up.steps),
  });
  const all = [...up.steps, ...rest.steps];
  const leaves = ends(all);
  const last = [...up.last, ...rest.last].map((step) => ({ ...step, needs: leaves }));
  const notes = [...(up.notes ?? []), ...(rest.notes ?? [])];
  return { steps: [...all, ...last], last: [], keeps: [...up.keeps, ...rest.keeps], notes };
}

/** Planned steps of the restores whose result a clean-up removes by its name: what they left is no longer there then. */
function goneBy(step: RunbookStep, list: readonly RunbookStep[], planned: readonly Step[]): string[] {
  if (step.kind !== "cleanup" || step.into === undefined) return [];
  const { store, into } = step;
  const restores = list.filter((by) => by.kind === "restore" && by.store === store && by.into === into);
  const ids = new Set(restores.map(({ id }) => id));
  return planned.flatMap(({ id }) => (ids.has(runbookStepOf(id)) ? [id] : []));
}

interface Around {
  several: boolean;
  /** Ids of a runbook step's ends, by its id; filled on the way. */
  endsOf: Map<string, string[]>;
  /** What steps that wait for nothing else wait for. */
  start: string[];
}

function expandList(
  input: PlanInput,
  list: readonly RunbookStep[],
  { several, endsOf, start }: Around,
): Expansion {
  const whole = { steps: [] as Step[], last: [] as Step[], keeps: [] as string[], notes: [] as string[] };
  let before: string | undefined;
  for (const step of list) {
    const named = (step.needs ?? (before === undefined ? [] : [before])).flatMap(
      (id) => endsOf.get(id) ?? [],
    );
    const needs = named.length === 0 ? start : named;
    before = step.id;
    if (input.leaveOut?.has(step.id)) {
      // What comes after it waits for what it would have waited for.
      endsOf.set(step.id, needs);
      continue;
    }
    const expansion = expandOne(input, step);
    const optional = step.optional === undefined ? {} : { optional: step.optional };
    const gone = goneBy(step, list, whole.steps);
    const outdates = gone.length === 0 ? {} : { outdates: gone };
    const finished = (made: Step): Step =>
      titled(withShows({ ...made, ...optional, ...outdates }), step, several);
    whole.steps.push(...expansion.steps.map((s) => finished(s.needs.length === 0 ? { ...s, needs } : s)));
    whole.last.push(...expansion.last.map(finished));
    const of = several && "store" in step ? `${step.store}: ` : "";
    whole.keeps.push(...expansion.keeps.map((line) => of + line));
    whole.notes.push(...(expansion.notes ?? []));
    endsOf.set(step.id, ends(expansion.steps));
  }
  return whole;
}
