import type { Plan } from "../plan/plan-schema.ts";
import type { Mode } from "../step/mode.ts";
import type {
  Choice,
  DamageChoice,
  ResumeOffer,
  RunControl,
  RunOutcome,
  SystemRow,
  UnfinishedRun,
} from "./services.ts";

/** One question or one thing to watch, with all it needs to be drawn. */
export type Screen =
  | { kind: "home" }
  | { kind: "practice" }
  | { kind: "damage" }
  | { kind: "breaking"; damage: DamageChoice }
  | { kind: "runbook"; system: SystemRow }
  | { kind: "mode"; system: string; runbook: string }
  /** `chosen`: ids by store, for who comes back from the plan. */
  | { kind: "backup"; system: string; runbook: string; mode: Mode; chosen?: Record<string, string> }
  | { kind: "planning"; choice: Choice }
  | { kind: "plan"; plan: Plan; choice?: Choice }
  | { kind: "gate"; plan: Plan }
  | { kind: "starting"; plan: Plan }
  | { kind: "run"; control: RunControl }
  | { kind: "unfinished"; runs: UnfinishedRun[] }
  | { kind: "probing"; run: string }
  | { kind: "offer"; offer: ResumeOffer }
  | { kind: "resuming"; offer: ResumeOffer }
  | { kind: "result"; control: RunControl; outcome: RunOutcome }
  | { kind: "error"; error: unknown; doing: string };

/** The way back: the last one is shown. Never empty. */
export type Stack = readonly [Screen, ...Screen[]];

export type Move =
  | { type: "go"; screen: Screen }
  /** Takes the place of the shown one, so that going back skips it: waits, and everything after a run began. */
  | { type: "replace"; screen: Screen }
  /** Takes the place of everything: there is no way back from a run into its menus. */
  | { type: "restart"; screen: Screen }
  | { type: "back" };

/** Pure: the stack after a move. Going back from the first screen stays there. */
export function moved(stack: Stack, move: Move): Stack {
  const [first, ...rest] = stack;
  switch (move.type) {
    case "go":
      return [first, ...rest, move.screen];
    case "replace":
      return rest.length === 0 ? [move.screen] : [first, ...rest.slice(0, -1), move.screen];
    case "restart":
      return [move.screen];
    case "back":
      return rest.length === 0 ? stack : [first, ...rest.slice(0, -1)];
  }
}

export function shown(stack: Stack): Screen {
  return stack.at(-1) ?? stack[0];
}
