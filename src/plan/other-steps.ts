import type { RunbookStep } from "../runbook/runbook-schema.ts";
import type { Command } from "../step/command.ts";
import type { Step } from "../step/step.ts";
import { DAY, HOUR, printed, stepBase, type StepPlanning, typedGate } from "./step-base.ts";

export function commandStep(
  step: Extract<RunbookStep, { kind: "command" | "migrate" }>,
  context: StepPlanning,
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
    ...(step.stays ? { stays: true } : {}),
  };
  const target = step.target ?? step.title ?? step.id;
  const gate = typedGate(target, step.why ?? "This runs a command that cannot be taken back.");
  const dry = context.mode === "dry-run" && step.effect !== "reads";
  const does = dry
    ? printed("printed only")
    : context.mode === "drill" && step.drill === "print"
      ? printed("live only")
      : { does: "run" as const };
  // In a drill it works on the scratch copy: there is nothing to confirm and nothing live to protect.
  const onScratch = context.mode === "drill" && step.store !== undefined;
  return {
    ...stepBase(step, step.kind === "migrate" ? "Migrations" : (step.run[0] ?? step.id), HOUR),
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

export function manualStep(step: Extract<RunbookStep, { kind: "manual" }>, context: StepPlanning): Step {
  return {
    ...stepBase(step, "By hand", DAY),
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

export function confirmStep(step: Extract<RunbookStep, { kind: "confirm" }>, context: StepPlanning): Step {
  return {
    ...stepBase(step, "Confirm", DAY),
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
