import { parseDuration } from "../base/duration.ts";
import type { Expectation, RunbookStep } from "../runbook/runbook-schema.ts";
import type { Check } from "../step/check.ts";
import type { Command } from "../step/command.ts";
import type { Step } from "../step/step.ts";
import { liveOnly } from "./part.ts";
import type { StoreContext } from "./store-kind.ts";

const MINUTE = 60_000;

type Rest = Pick<Step, "title" | "why" | "effect"> & Partial<Step>;

/**
 * A store's action that is one step, under the id, title and limits of the runbook's. What only looks is run in every mode;
 * what changes something works on the live store, so a drill prints it as a dry run does.
 */
export function actionStep(
  step: RunbookStep,
  context: StoreContext,
  rest: Rest,
  limitMs = 60 * MINUTE,
): Step {
  const changes = rest.effect !== "reads";
  const dry = context.mode === "dry-run" && changes;
  return {
    store: context.id,
    host: context.store.host,
    needs: [],
    commands: [],
    checks: [],
    onFailure: step["on-failure"],
    failsAs: "failed",
    does: "run",
    ...rest,
    ...(changes ? liveOnly(context) : {}),
    ...(dry ? { does: "print", printedBecause: "printed only" } : {}),
    id: step.id,
    kind: step.kind,
    timeoutMs: parseDuration(step.timeout ?? "") ?? limitMs,
    silenceMs: parseDuration(step.silence ?? "") ?? limitMs,
    title: step.title ?? rest.title,
    why: step.why ?? rest.why,
  };
}

/** A question and what its answer has to be; `answers` is the judge that takes any answer, where nothing is expected. */
export function questionCheck(
  title: string,
  source: Command,
  expect: Expectation | undefined,
  answers: string,
): Check {
  return {
    title,
    source,
    judge: expect ? "expectation" : answers,
    args: expect
      ? { name: title, expect: expect as Record<string, string | number | boolean> }
      : { name: title },
    // Without an expectation "cannot be reached" is an answer as well.
    onError: expect ? "fail" : "not checked",
  };
}

/** A question to the live store. */
export function queryStep(
  step: Extract<RunbookStep, { kind: "query" }>,
  context: StoreContext,
  source: Command,
  answers: string,
): Step {
  const check = questionCheck(step.title ?? step.sql, source, step.expect, answers);
  const why = step.expect
    ? "the answer decides whether to go on"
    : "the answer is recorded; nothing is judged";
  return actionStep(step, context, { title: "Query", why, effect: "reads", checks: [check] }, MINUTE);
}
