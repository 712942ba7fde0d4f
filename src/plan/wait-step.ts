import { inWords, parseDuration } from "../base/duration.ts";
import type { WaitStep } from "../runbook/wait-schema.ts";
import type { Check } from "../step/check.ts";
import type { Step } from "../step/step.ts";
import { kindFor } from "../stores/registry.ts";
import type { StoreInput } from "../stores/store-kind.ts";
import { MINUTE, printed, stepBase, type StepPlanning } from "./step-base.ts";

/** Until a store's server says who it is. A dry run does not wait: nothing was started that could come up. */
export function waitForStore(step: WaitStep, store: StoreInput, { mode }: StepPlanning): Step {
  const withinMs = parseDuration(step.within) ?? 0;
  const kind = kindFor(store);
  const asked: Check = {
    title: `the server of ${store.id} says who it is`,
    source: kind.factsCommand(store),
    judge: "answers",
    args: { kind: kind.kind, store: store.id },
    onError: "fail",
  };
  const check: Check =
    mode === "dry-run"
      ? { ...asked, onError: "not checked" }
      : { ...asked, poll: { upToMs: withinMs, for: `${store.id} to answer` } };
  return {
    ...stepBase(step, `Wait for ${store.id}`, withinMs + MINUTE),
    store: store.id,
    effect: "reads",
    gist: `asks ${store.id} who it is, again and again, for up to ${inWords(withinMs)}`,
    ...(mode === "drill" && step.drill === "print" ? printed("live only") : { does: "run" as const }),
    checks: [check],
  };
}
