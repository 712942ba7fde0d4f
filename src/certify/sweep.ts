import type { Plan } from "../plan/plan-schema.ts";
import type { Step } from "../step/step.ts";
import { type Death, IMMORTAL, type Life, resumeLife, runLife, undoLife } from "./life.ts";
import { SimulatedWorld } from "./world.ts";

export interface Shortcoming {
  where: string;
  what: string;
}

/** What one step's boundaries came to; a row of the certificate. */
export interface Row {
  step: string;
  title: string;
  boundaries: number;
  resumed: number;
  twice: number;
  undone: number;
  shortcomings: Shortcoming[];
}

export interface Certificate {
  plan: Plan;
  rows: Row[];
  boundaries: number;
  /** Steps that change something and can neither be probed nor repeated: a resume has to ask. */
  asks: string[];
  /** Steps that change something which no undo takes back. */
  noWayBack: string[];
  passed: boolean;
}

const changes = (step: Step): boolean =>
  step.does === "run" && step.effect !== "reads" && step.commands.length > 0;

/** Steps whose effect goes away when another's undo has run: they worked on what that one made or moved. */
function covered(plan: Plan, step: Step): boolean {
  if (step.undo) return true;
  const before = plan.steps.slice(0, plan.steps.indexOf(step));
  return (
    step.store !== undefined && before.some((other) => other.store === step.store && other.undo !== undefined)
  );
}

/** Whether the world is as the runbook wants it: every step that runs has been done. */
function isComplete(plan: Plan, world: SimulatedWorld): Step[] {
  return plan.steps.filter((step) => changes(step) && world.progress(step) !== "DONE");
}

/** Kills the engine at every boundary of the plan's journal, in both halves, then resumes, and on a second world undoes. */
export async function sweep(plan: Plan, folder: string): Promise<Certificate> {
  const whole = await runLife(plan, new SimulatedWorld(plan), IMMORTAL, folder);
  const rows = new Map<string, Row>();
  for (let at = 1; at <= whole.events.length; at += 1) {
    for (const half of ["before", "after"] as const) {
      const event = whole.events[at - 1];
      const id = event && "step" in event && event.step !== null ? event.step : "run";
      const row = rows.get(id) ?? {
        step: id,
        title: plan.steps.find((s) => s.id === id)?.title ?? "the run itself",
        boundaries: 0,
        resumed: 0,
        twice: 0,
        undone: 0,
        shortcomings: [],
      };
      rows.set(id, row);
      await tryBoundary(plan, { at, half }, `${half} line ${at} (${event?.type})`, row, folder);
    }
  }
  const asks = plan.steps
    .filter((step) => changes(step) && !step.probe && step.repeatable !== true)
    .map((step) => step.title);
  const noWayBack = plan.steps
    .filter((step) => changes(step) && !step.cleanup && !covered(plan, step))
    .map((step) => step.title);
  const all = [...rows.values()];
  return {
    plan,
    rows: all,
    boundaries: all.reduce((sum, row) => sum + row.boundaries, 0),
    asks,
    noWayBack,
    passed: all.every((row) => row.shortcomings.length === 0),
  };
}

async function tryBoundary(plan: Plan, death: Death, where: string, row: Row, folder: string): Promise<void> {
  row.boundaries += 1;
  const fall = (what: string): void => void row.shortcomings.push({ where, what });
  const world = new SimulatedWorld(plan);
  const dead = await runLife(plan, world, death, folder);
  const resumed = await resumeLife(plan, world, dead.events, folder);
  judgeResumed(plan, world, resumed, row, fall);
  const other = new SimulatedWorld(plan);
  const died = await runLife(plan, other, death, folder);
  const undone = await undoLife(plan, other, died.events, folder);
  const left = plan.steps.filter((step) => step.undo && other.progress(step) !== "NOT DONE");
  if (undone.exit === 0 && left.length === 0) row.undone += 1;
  else fall(`undo left ${left.map((step) => `"${step.title}"`).join(", ") || `exit ${undone.exit}`}`);
}

function judgeResumed(
  plan: Plan,
  world: SimulatedWorld,
  life: Life,
  row: Row,
  fall: (what: string) => void,
): void {
  const missing = isComplete(plan, world);
  const right = life.exit === 0 && missing.length === 0;
  if (right && world.twice.length === 0) row.resumed += 1;
  if (life.exit !== 0) fall(`resumed, it ended with exit ${life.exit}`);
  if (missing.length > 0)
    fall(`resumed, it ended without ${missing.map((step) => `"${step.title}"`).join(", ")}`);
  for (const id of world.twice) {
    row.twice += 1;
    fall(`"${plan.steps.find((step) => step.id === id)?.title}" was done a second time`);
  }
}
