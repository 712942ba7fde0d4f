import { z } from "zod";
import { parseDuration } from "../base/duration.ts";
import { AS_EXPECTED, statusInWords } from "../checks/http-answer.ts";
import type { HttpStep } from "../runbook/http-schema.ts";
import type { Command } from "../step/command.ts";
import type { Step } from "../step/step.ts";
import { MINUTE, printed, stepBase, type StepPlanning, typedGate } from "./step-base.ts";

/** The question as `lifeboat http` asks it; $NAME stays as it is written, so that no secret is in it. */
function question(step: HttpStep, secrets: Record<string, string>, more: readonly string[]): Command {
  const headers = Object.entries(step.headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);
  const method = step.method === "GET" ? [] : ["--method", step.method];
  const body = step.body === undefined ? [] : ["--body", step.body];
  const follow = step.follow ? ["--follow"] : [];
  return {
    argv: ["lifeboat", "http", ...method, ...headers, ...body, ...follow, ...more, step.url],
    env: step.env,
    secrets,
  };
}

/** An application is asked: a check where that only looks, a command where the question changes something. */
export function httpStep(step: HttpStep, { mode, secrets }: StepPlanning): Step {
  const name = `${step.method} ${step.url}`;
  const withinMs = parseDuration(step.within ?? "");
  const base = stepBase(step, name, MINUTE + (withinMs ?? 0));
  const does =
    mode === "dry-run"
      ? printed("printed only: what it answers now says nothing about afterwards")
      : mode === "drill" && step.drill === "print"
        ? printed("live only")
        : { does: "run" as const };
  if (step.effect !== "reads") return changing(step, { ...base, ...does, effect: step.effect }, secrets);
  const check = {
    title: `${name} answers ${statusInWords(step.expect)}`,
    source: question(step, secrets, []),
    judge: "http",
    args: z.json().parse({ expect: step.expect }),
    onError: "fail" as const,
    ...(withinMs === undefined ? {} : { poll: { upToMs: withinMs, for: "the right answer" } }),
  };
  return { ...base, ...does, effect: "reads", checks: [check] };
}

function changing(step: HttpStep, base: Step, secrets: Record<string, string>): Step {
  const target = step.target ?? step.title ?? step.id;
  const says = step.why ?? "This asks an application for something that cannot be taken back.";
  const command = question(step, secrets, ["--expect", JSON.stringify(step.expect)]);
  return {
    ...base,
    ...(step.effect === "irreversible" ? { gate: typedGate(target, says) } : {}),
    commands: [{ ...command, token: AS_EXPECTED }],
    after: `"${base.title}" was asked for`,
  };
}
