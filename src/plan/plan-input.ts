import type { LoadedRunbook, LoadedSystem } from "../runbook/load.ts";
import { allSteps, type RunbookStep } from "../runbook/runbook-schema.ts";
import type { StoreInput, RunNames } from "../stores/store-kind.ts";
import type { Plan, PlanHost } from "./plan-schema.ts";
import type { ComposeProject } from "../step/hop.ts";
import type { Mode, Strategy } from "../step/mode.ts";

/** Everything a plan is made from. Gathered beforehand by read-only commands; making the plan itself is pure. */
export interface PlanInput {
  system: LoadedSystem;
  runbook: LoadedRunbook;
  mode: Mode;
  /** Only what brings the servers up, or all but that, because another run has done it; default: everything. */
  part?: "bring-up" | "rest" | undefined;
  /** For a bring-up: the command that plans and runs the rest. */
  rest?: string | undefined;
  /** For the rest: the run that brought the servers up. */
  continues?: Plan["continues"];
  /** From the command line; a step's own strategy comes second, swap last. */
  strategy: Strategy | undefined;
  stores: ReadonlyMap<string, StoreInput>;
  run: RunNames;
  now: Date;
  /** Processes a load may use at once. */
  jobs: number;
  skipSafetyCopy: boolean;
  /** Which compose is there, by host, where system.yaml does not say. */
  composePrograms?: ReadonlyMap<string, ComposeProject["program"]> | undefined;
  /** Hosts that steps name, and who they are. */
  hosts?: readonly PlanHost[] | undefined;
  /** Optional steps of the runbook that are left out, and why. */
  leaveOut?: ReadonlyMap<string, string> | undefined;
  /** About how it is being started; not part of what the plan does, nor of its hash. */
  warnings?: readonly string[] | undefined;
  /** The plan of the last run of this runbook, if there was one. */
  earlier: Plan | undefined;
}

/** The runbook's steps that the plan is made of. */
export function stepsOf({ runbook: { runbook }, part }: PlanInput): RunbookStep[] {
  if (part === "rest") return runbook.steps;
  return part === "bring-up" ? runbook["bring-up"] : allSteps(runbook);
}
