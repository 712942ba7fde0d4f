import type { JournalEvent } from "./events.ts";

/** Whether plan.json is another one than the run was opened with. Journals of before that was noted vouch for nothing. */
export function isOtherPlan(
  events: readonly JournalEvent[],
  sum: (file: "plan.json") => string | undefined,
): boolean {
  const opened = events.find((event) => event.type === "run.opened");
  return opened?.planFile !== undefined && opened.planFile !== sum("plan.json");
}
