import { placeOf } from "../runbook/load.ts";
import type { RunbookStep } from "../runbook/runbook-schema.ts";
import type { ServicesStep } from "../runbook/services-schema.ts";
import type { ServicesContext } from "../services/act.ts";
import type { Mode } from "../step/mode.ts";
import { type PlanInput, stepsOf } from "./plan-input.ts";

/** What a services step is planned for. */
export interface ServicesPlanning extends ServicesContext {
  mode: Mode;
  /** The runbook's services steps after this one. */
  later: readonly ServicesStep[];
}

export const hostOf = (step: RunbookStep): string => ("host" in step ? step.host : undefined) ?? "local";

const isServices = (step: RunbookStep): step is ServicesStep => step.kind === "services";

export function servicesPlanning(input: PlanInput, step: RunbookStep): ServicesPlanning {
  const all = stepsOf(input).filter(({ id }) => input.leaveOut?.has(id) !== true);
  const at = all.findIndex(({ id }) => id === step.id);
  const { mode, run } = input;
  return {
    mode,
    run,
    place: placeOf(input.system, hostOf(step)),
    program: input.composePrograms?.get(hostOf(step)),
    earlier: all.slice(0, at).filter(isServices),
    later: all.slice(at + 1).filter(isServices),
  };
}
