import { counted } from "../base/size.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { RunState } from "./run-state.ts";

/** How far a dry run could see: titles of steps by what was really known about them. */
export interface Ledger {
  /** Their read-only checks ran against the real thing. */
  checked: string[];
  /** Their commands were printed and not run. */
  printed: string[];
  /** Nothing can be said before the steps before them have run. */
  unknowable: string[];
}

export function ledgerOf(plan: Plan, state: RunState): Ledger {
  const ledger: Ledger = { checked: [], printed: [], unknowable: [] };
  for (const step of plan.steps) {
    const result = state.steps.get(step.id)?.state;
    if (result === "done" || result === "failed") ledger.checked.push(step.title);
    else if (result === "printed")
      (step.effect === "reads" ? ledger.unknowable : ledger.printed).push(step.title);
  }
  return ledger;
}

/** "3 steps checked for real, 4 printed only, 1 cannot be known before running; plan 7f3a12…". */
export function ledgerInWords(ledger: Ledger, plan: Plan): string {
  const { checked, printed, unknowable } = ledger;
  const unknown = unknowable.length === 0 ? "" : ` (${unknowable.join(", ")})`;
  return `${counted(checked.length, "step")} checked for real, ${printed.length} printed only, ${unknowable.length} cannot be known before running${unknown}; plan ${plan.hash.slice(0, 12)}`;
}
