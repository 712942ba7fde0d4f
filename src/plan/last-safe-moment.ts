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

/** "8 Swap". */
const numbered = (plan: Plan, step: Step): string => `${plan.steps.indexOf(step) + 1} ${step.title}`;

/**
 * What a plan says of going back, a line each: until when one can stop with nothing changed for users, and what of the
 * rest can be taken back for how long. Empty where nothing reaches users at all.
 */
export function goingBack(plan: Plan): { safe: string; undo: string[] } | undefined {
  const first = lastSafeMoment(plan);
  if (plan.mode !== "live" || first === undefined) return undefined;
  const reaching = plan.steps.filter(reachesUsers);
  const final = reaching.filter((step) => step.effect === "irreversible").map((step) => numbered(plan, step));
  return {
    safe: `last safe moment: before ${numbered(plan, first)}; until then you can stop with nothing changed for users`,
    undo: [
      ...reaching.flatMap((step) =>
        step.undo?.until === undefined
          ? []
          : [`${numbered(plan, step)} can be taken back until ${step.undo.until}`],
      ),
      ...(final.length === 0 ? [] : [`cannot be taken back: ${final.join(", ")}`]),
    ],
  };
}

/** The step's effect in one word for a list; the asterisk is for what can be taken back only for a time. */
export function effectMark(step: Step): string {
  return step.effect === "reversible" && step.undo?.until !== undefined ? "reversible*" : step.effect;
}

/** The same in words: "reversible until shop__before_1120 is removed". */
export function effectInWords(step: Step): string {
  return step.effect === "reversible" && step.undo?.until !== undefined
    ? `reversible until ${step.undo.until}`
    : step.effect;
}
