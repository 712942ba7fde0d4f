import type { Mode } from "../step/mode.ts";
import type { Step } from "../step/step.ts";

const HOUR = 3_600_000;

/** What the steps of one action have in common. */
export interface PartContext {
  /** The runbook's step they come from. */
  step: { id: string; "on-failure": Step["onFailure"] };
  store: string;
  host: string;
  mode: Mode;
  run: { id: string; nonce: string };
}

type Part = Partial<Step> & Pick<Step, "title" | "why" | "effect">;

/** A part of a restore, `<step>.<id>`, with what all parts share filled in; `needs` are ids of other parts. */
export function part(context: PartContext, id: string, needs: readonly string[], rest: Part): Step {
  const prefix = context.step.id;
  const dry = context.mode === "dry-run" && rest.effect !== "reads";
  return {
    id: `${prefix}.${id}`,
    kind: "restore",
    store: context.store,
    host: context.host,
    needs: needs.map((need) => `${prefix}.${need}`),
    does: dry ? "print" : "run",
    ...(dry ? { printedBecause: "printed only" } : {}),
    commands: [],
    checks: [],
    timeoutMs: 12 * HOUR,
    silenceMs: 2 * HOUR,
    onFailure: context.step["on-failure"],
    failsAs: "failed",
    ...rest,
  };
}

/** For a part that a drill leaves out: what it does to the live store it only prints. */
export function liveOnly({ mode }: { mode: Mode }): Partial<Step> {
  return mode === "drill" ? { does: "print", printedBecause: "live only" } : {};
}

/** The token a command of this run must print; differs by run and step, so that no backup can hold it. */
export function tokenFor(context: PartContext, id: string): string {
  return `lifeboat-${id}-${context.run.nonce}`;
}
