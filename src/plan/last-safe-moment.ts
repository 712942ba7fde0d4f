import type { Step } from "../step/step.ts";
import type { Plan } from "./plan-schema.ts";

/** A step that changes what users have: it works on the live store, or cannot be taken back. */
export function reachesUsers(step: Step): boolean {
  return step.does === "run" && (step.touchesLive === true || step.effect === "irreversible");
}

/** The first step before which one can stop with nothing changed for users; undefined when every step is such. */
export function lastSafeMoment(plan: Plan): Step | undefined {
  return plan.steps.find(reachesUsers);
}

/** The first step that cannot be taken back; undefined when everything can be. */
export function pointOfNoReturn(plan: Plan): Step | undefined {
  return plan.steps.find((step) => step.does === "run" && step.effect === "irreversible");
}
