import type { Action } from "../shell/action.ts";
import type { Span } from "./blocks.ts";

/** One thing of a scenario, in order; steps are made of these once the stores are known. */
export type Piece = Span &
  (
    | { kind: "phase"; title: string; heading: string }
    | ActionFields
    | { kind: "manual"; title: string; text: string }
    | { kind: "warning"; text: string }
    /** What the operator should know first. */
    | { kind: "before"; text: string }
    /** The words right above a code block. */
    | { kind: "lead"; text: string }
    /** Kept as a comment; running text may tell what the scenario is, a `cd` where what follows runs. */
    | { kind: "note"; text: string; isText?: true; goesTo?: string }
  );

interface ActionFields {
  kind: "action";
  action: Action;
  text: string;
  /** What stands right above it, when it is short enough for a title. */
  lead: string;
  argv?: string[];
  /** The number that the words below it say it prints. */
  prints?: number;
  /** From a `cd` in the statement itself. */
  cwd?: string;
  /** From a `cd` above it, on a line of its own, also in a block before. */
  folder?: string;
}

export type ActionPiece = Span & ActionFields;
