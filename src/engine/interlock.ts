import { messageOf } from "../base/errors.ts";
import { isStoreKind } from "../runbook/store-kinds/registry.ts";
import { storeKind } from "../stores/registry.ts";
import { type Identity, identityLabel, isOtherHost } from "../step/identity.ts";
import type { Step } from "../step/step.ts";
import type { Failure } from "./failure.ts";
import { emit, type RunContext } from "./run-context.ts";

/** What is different between two answers of "who are you"; empty when it is the same server and data. */
export function identityDifferences(
  before: Identity,
  now: Identity,
  ignore: readonly string[] = [],
): string[] {
  return differentParts(before, now, ignore).map(
    (part) => `${identityLabel(part)} was ${worded(before[part])}, is ${worded(now[part])}`,
  );
}

const differentParts = (before: Identity, now: Identity, ignore: readonly string[]): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (part) => !ignore.includes(part) && before[part] !== now[part],
  );

const isUnknown = (value: string | boolean | undefined): boolean => value === undefined || value === "";
const worded = (value: string | boolean | undefined): string =>
  isUnknown(value) ? "not known" : String(value);

/** Parts of a store's identity that a restore changes; every part of a kind nobody knows counts. */
export function changedByRestore(kind: string): readonly string[] {
  return isStoreKind(kind) ? storeKind(kind).changedByRestore : [];
}

/** Asks server and host again who they are, before a step that cannot be taken back lightly. */
export async function interlock(context: RunContext, step: Step): Promise<Failure | undefined> {
  return (await interlockStore(context, step)) ?? (await interlockHost(context, step));
}

/** A name that meant one engine, cluster or machine when the plan was made may mean another one now. */
async function interlockHost(context: RunContext, step: Step): Promise<Failure | undefined> {
  const host = context.plan.hosts?.find((one) => one.host === step.host);
  if (!host || Object.keys(host.identity).length === 0) return undefined;
  const now = await context.identifyHost(host.host);
  const silent = Object.keys(host.identity).filter((part) => now[part] === undefined);
  if (silent.length > 0)
    return {
      what: `${host.words} does not say any more who it is`,
      why: `${silent.map(identityLabel).join(", ")} was known when the plan was made`,
      next: "nothing was done; look whether it can be reached, then go on",
    };
  const why = identityDifferences(host.identity, now).join("; ");
  if (why === "") return undefined;
  return {
    what: `this is not the ${host.words} the plan was made for`,
    why,
    next: "nothing was done; find out why the name means another one now, then make a new plan",
  };
}

async function interlockStore(context: RunContext, step: Step): Promise<Failure | undefined> {
  const target = context.plan.targets.find((t) => t.store === step.store);
  if (!target?.identity) return undefined;
  const reason = context.lockLost();
  const lost: Failure | undefined =
    reason === undefined
      ? undefined
      : {
          what: "this run no longer holds its lock",
          why: reason,
          next: "leave the store to the other run; see: lifeboat runs",
        };
  let now: Identity;
  try {
    now =
      step.asksHost === true
        ? { ...target.identity, ...(await context.identify(target.store, "host")) }
        : await context.identify(target.store);
  } catch (error) {
    return (
      lost ?? {
        what: "the server could not be asked who it is",
        why: messageOf(error),
        next: "nothing was done; run again when it answers",
      }
    );
  }
  // With its container the lock is gone as well, and nobody else has taken it.
  if (lost && !isOtherHost(target.identity, now)) return lost;
  emit(context, { type: "identity.read", store: target.store, identity: now, when: `before ${step.title}` });
  const { state } = context.feed.snapshot();
  const own = context.plan.steps.filter((s) => s.store === step.store && s.touchesLive === true);
  const replaced = own.some((s) => state.steps.get(s.id)?.startedAt !== undefined);
  // This run has put other data under the name, or removed what was there.
  return strangeness(target, target.identity, now, replaced ? changedByRestore(target.kind) : []);
}

/** Pure: why the server that answers now is not to be trusted with the plan. */
export function strangeness(
  { name }: { name: string },
  before: Identity,
  now: Identity,
  ignored: readonly string[],
): Failure | undefined {
  const different = differentParts(before, now, ignored);
  if (different.length === 0) return undefined;
  const why = identityDifferences(before, now, ignored).join("; ");
  // Of a store that is restored even while its server is stopped less is known then: that is no other server.
  if (different.every((part) => isUnknown(now[part])))
    return {
      what: `${name} no longer says who it is: its server was stopped, or does not answer any more`,
      why,
      next: "look whether it runs and start it, then go on; or leave, and make a new plan for a stopped server",
    };
  return {
    what: `this is not the ${name} the plan was made for`,
    why,
    next: "make a new plan, and look at its target line",
  };
}
