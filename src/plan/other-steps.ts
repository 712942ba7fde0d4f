import { parseDuration } from "../base/duration.ts";
import type { RunbookStep } from "../runbook/runbook-schema.ts";
import type { Command } from "../step/command.ts";
import type { Hop } from "../step/hop.ts";
import type { Mode } from "../step/mode.ts";
import type { Gate, Step } from "../step/step.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Context {
  mode: Mode;
  /** Environment variable → vault key, for the step's secrets. */
  secrets: Record<string, string>;
  /** The way to the step's host. */
  on: readonly Hop[];
}

function base(step: RunbookStep, title: string, limitMs: number): Omit<Step, "effect" | "does"> {
  return {
    id: step.id,
    title: step.title ?? title,
    why: step.why ?? "",
    kind: step.kind,
    host: "host" in step ? step.host : "local",
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

const printed = (because: string): Pick<Step, "does" | "printedBecause"> => ({
  does: "print",
  printedBecause: because,
});

export function commandStep(
  step: Extract<RunbookStep, { kind: "command" | "migrate" }>,
  context: Context,
): Step {
  const where = {
    ...(step.cwd === undefined ? {} : { cwd: step.cwd }),
    ...(context.on.length === 0 ? {} : { on: [...context.on] }),
  };
  const command: Command = {
    argv: step.run,
    env: step.env,
    secrets: context.secrets,
    ...where,
    ...(step.token === undefined ? {} : { token: step.token }),
  };
  const target = step.target ?? step.title ?? step.id;
  const gate: Gate = {
    kind: "confirm",
    expect: target,
    prompt: `Type ${target} to go on`,
    says: [step.why ?? `This runs a command that cannot be taken back.`],
    flag: `--confirm ${target}`,
  };
  const dry = context.mode === "dry-run" && step.effect !== "reads";
  const does = dry
    ? printed("printed only")
    : context.mode === "drill" && step.drill === "print"
      ? printed("live only")
      : { does: "run" as const };
  // In a drill it works on the scratch copy: there is nothing to confirm and nothing live to protect.
  const onScratch = context.mode === "drill" && step.store !== undefined;
  return {
    ...base(step, step.kind === "migrate" ? "Migrations" : (step.run[0] ?? step.id), HOUR),
    effect: onScratch && step.effect === "irreversible" ? "reversible" : step.effect,
    ...does,
    ...(step.store === undefined
      ? {}
      : { store: step.store, touchesLive: !onScratch && step.effect !== "reads" }),
    commands: [command],
    ...(step.effect === "irreversible" && !onScratch ? { gate } : {}),
    ...(step.probe ? { probe: { argv: step.probe, env: step.env, secrets: context.secrets, ...where } } : {}),
    after: `"${step.title ?? step.id}" was run`,
  };
}

export function manualStep(step: Extract<RunbookStep, { kind: "manual" }>, context: Context): Step {
  return {
    ...base(step, "By hand", DAY),
    effect: "reversible",
    ...(context.mode === "live"
      ? { does: "run" as const }
      : printed(context.mode === "drill" ? "live only" : "printed only")),
    gate: {
      kind: "manual",
      prompt: "Is it done?",
      says: step.instructions.trimEnd().split("\n"),
      flag: `--done ${step.id}`,
    },
  };
}

export function confirmStep(step: Extract<RunbookStep, { kind: "confirm" }>, context: Context): Step {
  return {
    ...base(step, "Confirm", DAY),
    effect: "reads",
    ...(context.mode === "live"
      ? { does: "run" as const }
      : printed(context.mode === "drill" ? "live only" : "printed only")),
    gate: {
      kind: "confirm",
      expect: step.type,
      prompt: `Type ${step.type} to go on`,
      says: step.says.trimEnd().split("\n"),
      flag: `--confirm ${step.type}`,
    },
  };
}
