import { parseDuration } from "../base/duration.ts";
import type { RunbookStep } from "../runbook/runbook-schema.ts";
import type { Hop } from "../step/hop.ts";
import type { Mode } from "../step/mode.ts";
import type { Gate, Step } from "../step/step.ts";

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** What a step is planned for. */
export interface StepPlanning {
  mode: Mode;
  /** Environment variable → vault key, for the step's secrets. */
  secrets: Record<string, string>;
  /** The way to the step's host. */
  on: readonly Hop[];
}

/** What every step has; `limitMs` is its timeout where the runbook gives none. */
export function stepBase(step: RunbookStep, title: string, limitMs: number): Omit<Step, "effect" | "does"> {
  return {
    id: step.id,
    title: step.title ?? title,
    why: step.why ?? "",
    kind: step.kind,
    host: ("host" in step ? step.host : undefined) ?? "local",
    needs: [],
    commands: [],
    checks: [],
    timeoutMs: parseDuration(step.timeout ?? "") ?? limitMs,
    silenceMs: parseDuration(step.silence ?? "") ?? limitMs,
    onFailure: step["on-failure"],
    failsAs: "failed",
    ...(step.optional === undefined ? {} : { optional: step.optional }),
  };
}

export const printed = (because: string): Pick<Step, "does" | "printedBecause"> => ({
  does: "print",
  printedBecause: because,
});

/** The name that is typed before something that cannot be taken back. */
export function typedGate(target: string, says: string): Gate {
  return {
    kind: "confirm",
    expect: target,
    prompt: `Type ${target} to go on`,
    says: [says],
    flag: `--confirm ${target}`,
  };
}
