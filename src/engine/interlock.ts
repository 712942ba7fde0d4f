import { messageOf } from "../base/errors.ts";
import { isStoreKind } from "../runbook/store-kinds/registry.ts";
import { storeKind } from "../stores/registry.ts";
import { type Identity, identityLabel } from "../step/identity.ts";
import type { Step } from "../step/step.ts";
import type { Failure } from "./failure.ts";
import { emit, type RunContext } from "./run-context.ts";

/** What is different between two answers of "who are you"; empty when it is the same server and data. */
export function identityDifferences(
  before: Identity,
  now: Identity,
  ignore: readonly string[] = [],
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((part) => !ignore.includes(part) && before[part] !== now[part])
    .map((part) => `${identityLabel(part)} was ${worded(before[part])}, is ${worded(now[part])}`);
}

const worded = (value: string | boolean | undefined): string =>
  value === undefined || value === "" ? "not known" : String(value);

/** Parts of a store's identity that a restore changes; every part of a kind nobody knows counts. */
export function changedByRestore(kind: string): readonly string[] {
  return isStoreKind(kind) ? storeKind(kind).changedByRestore : [];
}

/** Asks the server again who it is, before a step that cannot be taken back lightly. */
export async function interlock(context: RunContext, step: Step): Promise<Failure | undefined> {
  const target = context.plan.targets.find((t) => t.store === step.store);
  if (!target?.identity) return undefined;
  const lost = context.lockLost();
  if (lost !== undefined)
    return {
      what: "this run no longer holds its lock",
      why: lost,
      next: "leave the store to the other run; see: lifeboat runs",
    };
  let now: Identity;
  try {
    now = await context.identify(target.store);
  } catch (error) {
    return {
      what: "the server could not be asked who it is",
      why: messageOf(error),
      next: "nothing was done; run again when it answers",
    };
  }
  emit(context, { type: "identity.read", store: target.store, identity: now, when: `before ${step.title}` });
  const { state } = context.feed.snapshot();
  const own = context.plan.steps.filter((s) => s.store === step.store && s.touchesLive === true);
  const replaced = own.some((s) => state.steps.get(s.id)?.startedAt !== undefined);
  // This run has put other data under the name, or removed what was there.
  const different = identityDifferences(target.identity, now, replaced ? changedByRestore(target.kind) : []);
  if (different.length === 0) return undefined;
  return {
    what: `this is not the ${target.name} the plan was made for`,
    why: different.join("; "),
    next: "make a new plan, and look at its target line",
  };
}
