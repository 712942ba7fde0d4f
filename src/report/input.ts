import type { JournalEvent } from "../journal/events.ts";
import type { RunState } from "../journal/run-state.ts";
import type { Plan } from "../plan/plan-schema.ts";

/** A run as its folder tells it; `state` is the fold of `events`. */
export interface ReportInput {
  plan: Plan;
  state: RunState;
  events: readonly JournalEvent[];
  /** The run's folder, as it is shown. */
  folder: string;
  /** Where the journal ends (`after` of its reading): pins its last line, which no other line vouches for. */
  after?: { seq: number; prev: string };
  /** The journal's first line that is not to be trusted; `events` end before it. */
  broken?: { line: number; why: string } | undefined;
}
