import { EXIT, type ExitCode } from "../base/exit-codes.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";
import { recovers } from "../plan/recovers.ts";
import type { Step } from "../step/step.ts";
import type { StepOutcome } from "./run-step.ts";

export interface Verdict {
  exit: ExitCode;
  word: string;
  state: string[];
  next: string[];
}

interface Facts {
  plan: Plan;
  state: RunState;
  outcomes: ReadonlyMap<string, StepOutcome>;
  interrupted: boolean;
  undone: "not tried" | "undone" | "failed";
}

const SUCCESS: Record<Plan["mode"], string> = {
  "dry-run": "DRY RUN COMPLETE",
  drill: "DRILL PASSED",
  live: "RECOVERED",
};

function failedStep(facts: Facts): Step | undefined {
  return facts.plan.steps.find(
    (step) => facts.outcomes.get(step.id)?.result === "failed" && step.onFailure !== "continue",
  );
}

/** Steps that may have changed something: services that a runbook stops come before the preflight of its stores. */
function touchedBy({ plan, outcomes, state }: Facts): Step[] {
  return plan.steps.filter(
    (step) =>
      step.effect !== "reads" &&
      ["done", "failed", "cancelled"].includes(outcomes.get(step.id)?.result ?? "") &&
      state.steps.get(step.id)?.startedAt !== undefined,
  );
}

function exitOf(facts: Facts): ExitCode {
  const failed = failedStep(facts);
  if (facts.undone === "failed") return EXIT.undoFailed;
  // A drill's own clean-up does not change what its failure was.
  if (facts.undone === "undone" && facts.plan.mode === "live") return EXIT.undone;
  if (facts.interrupted) return EXIT.interrupted;
  if ([...facts.outcomes.values()].some((o) => o.refused)) return EXIT.refused;
  // What gates itself does (a backup sent, unpacked) is the run's own; what others did before them is not nothing.
  const isTouched = touchedBy(facts).some((step) => step.failsAs !== "preflight");
  if (failed?.failsAs === "preflight") return isTouched ? EXIT.failed : EXIT.preflight;
  if (failed) return failed.failsAs === "red" ? EXIT.red : EXIT.failed;
  if ([...facts.outcomes.values()].some((o) => o.result === "cancelled")) return EXIT.failed;
  return facts.state.deviations.length > 0 ? EXIT.deviations : EXIT.done;
}

function successOf(plan: Plan): string {
  if (plan.bringsUp) return "SERVERS ARE UP";
  return plan.mode === "live" && !recovers(plan) ? "DONE" : SUCCESS[plan.mode];
}

function wordOf(facts: Facts, exit: ExitCode): string {
  const deviations = facts.state.deviations.length;
  const success = successOf(facts.plan);
  if (exit === EXIT.done) return success;
  if (exit === EXIT.deviations)
    return `${success} WITH ${deviations} DEVIATION${deviations === 1 ? "" : "S"}`;
  const words: Partial<Record<ExitCode, string>> = {
    [EXIT.preflight]: "NOT STARTED: PREFLIGHT OR BACKUP GATE FAILED",
    [EXIT.failed]: "FAILED",
    [EXIT.undone]: "FAILED AND UNDONE",
    [EXIT.undoFailed]: "FAILED, AND THE UNDO FAILED TOO",
    [EXIT.red]: "VERIFICATION IS RED",
    [EXIT.refused]: "REFUSED AT A GATE",
    [EXIT.interrupted]: "INTERRUPTED",
  };
  return words[exit] ?? "FAILED";
}

/** What is where now: what finished steps left behind, or that nothing was changed. */
function stateLines(facts: Facts): string[] {
  if (facts.plan.mode === "dry-run") return ["nothing was changed: a dry run only looks"];
  const touched = touchedBy(facts);
  if (facts.undone === "undone")
    return ["everything this run had changed was taken back", ...liveLines(facts)];
  if (touched.length === 0) return ["nothing was changed"];
  const done = touched.filter((step) => facts.outcomes.get(step.id)?.result === "done");
  const outdated = new Set(done.flatMap((step) => step.outdates ?? []));
  const lines = touched.flatMap((step) => {
    if (outdated.has(step.id)) return [];
    const result = facts.outcomes.get(step.id)?.result;
    if (result === "done") return step.after === undefined ? [] : [step.after];
    return [`step "${step.title}" was not finished${step.undo ? `; undoing it ${step.undo.says}` : ""}`];
  });
  return [...liveLines(facts), ...new Set(lines)];
}

/** Promise 1: name where the complete copy of the data from before is. */
function liveLines(facts: Facts): string[] {
  return facts.plan.targets.flatMap((target) => {
    const touching = facts.plan.steps.filter(
      (s) => s.store === target.store && s.touchesLive === true && s.does === "run",
    );
    const reached = touching.some((s) => facts.state.steps.get(s.id)?.startedAt !== undefined);
    // Several stores may bear one name, each on a server of its own.
    const name = facts.plan.targets.length > 1 ? `${target.store}: ${target.name}` : target.name;
    if (!reached) return [`${name} is as it was: this run did not touch it`];
    return facts.undone === "undone" ? [`${name} has its old data again`] : [];
  });
}

/** How a run ends that has something left to do. */
const MAY_GO_ON: readonly ExitCode[] = [EXIT.failed, EXIT.refused, EXIT.interrupted];

function nextLines(facts: Facts, exit: ExitCode): string[] {
  const { plan, outcomes, state } = facts;
  const done = plan.steps.filter((s) => outcomes.get(s.id)?.result === "done");
  // What was begun and failed has left something behind as well, unless its own undo has run since.
  const begun = plan.steps.filter(
    ({ id, does }) =>
      does === "run" &&
      state.steps.get(id)?.startedAt !== undefined &&
      state.steps.get(`undo ${id}`)?.state !== "done",
  );
  const undoable = plan.mode === "live" && facts.undone !== "undone" && begun.some((s) => s.undo);
  const kept = done.filter((s) => s.cleanup);
  const lines: string[] = [];
  if (MAY_GO_ON.includes(exit) && plan.mode !== "dry-run" && facts.undone !== "undone")
    lines.push(`to go on from there: lifeboat resume ${plan.run}`);
  if (plan.bringsUp && (exit === EXIT.done || exit === EXIT.deviations))
    lines.push(`to plan and run the rest: ${plan.bringsUp.rest}`);
  if (undoable)
    lines.push(
      kept.length > 0 && (exit === EXIT.done || exit === EXIT.deviations)
        ? `to go back to the old data: lifeboat undo ${plan.run}`
        : // Where there was nothing before, there is nothing to go back to.
          `to take back what was done: lifeboat undo ${plan.run}`,
    );
  if (kept.length > 0 && facts.undone !== "undone")
    lines.push(`to remove what is kept, when it is not needed any more: lifeboat cleanup ${plan.run}`);
  return lines;
}

/** What a run came to: exit code, headline, what is where, what to do next. */
export function verdictOf(facts: Facts): Verdict {
  const exit = exitOf(facts);
  return { exit, word: wordOf(facts, exit), state: stateLines(facts), next: nextLines(facts, exit) };
}
