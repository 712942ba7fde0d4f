import type { JournalEvent } from "../journal/events.ts";
import type { Plan } from "../plan/plan-schema.ts";

/** The events of one type, in order. */
export function only<T extends JournalEvent["type"]>(
  events: readonly JournalEvent[],
  type: T,
): Extract<JournalEvent, { type: T }>[] {
  return events.filter((event): event is Extract<JournalEvent, { type: T }> => event.type === type);
}

/** "2026-11-20 11:02:31 UTC". */
export function instant(iso: string): string {
  return `${iso.slice(0, 19).replace("T", " ")} UTC`;
}

const TAKEN_BACK = /^(undo|cleanup) /;

/** "6. Swap"; "undo of 6. Swap" for what was taken back. */
export function stepName(plan: Plan, id: string | null): string {
  if (id === null) return "the plan";
  const what = TAKEN_BACK.exec(id)?.[1];
  const own = id.replace(TAKEN_BACK, "");
  const at = plan.steps.findIndex((step) => step.id === own);
  const name = at < 0 ? own : `${at + 1}. ${plan.steps[at]?.title ?? own}`;
  return what === undefined ? name : `${what === "undo" ? "undo" : "clean-up"} of ${name}`;
}

/** Who answered a gate, in words. */
export const ANSWERED_HOW = {
  typed: "at the keyboard",
  flag: "by a flag",
  nobody: "nobody was there to ask",
} as const;
