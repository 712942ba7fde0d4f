import { messageOf } from "../base/errors.ts";
import type { Identity } from "../step/identity.ts";
import type { Step } from "../step/step.ts";
import type { Failure } from "./failure.ts";
import { emit, type RunContext } from "./run-context.ts";

const LABELS: Record<keyof Identity, string> = {
  systemIdentifier: "system identifier",
  inRecovery: "standby",
  address: "address",
  dataDirectory: "data directory",
  databaseOid: "oid of the database",
  version: "version",
};

/** What is different between two answers of "who are you"; empty when it is the same server and database. */
export function identityDifferences(
  before: Identity,
  now: Identity,
  ignore: (keyof Identity)[] = [],
): string[] {
  return (Object.keys(LABELS) as (keyof Identity)[])
    .filter((key) => !ignore.includes(key) && before[key] !== now[key])
    .map((key) => `${LABELS[key]} was ${String(before[key])}, is ${String(now[key])}`);
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
  // This run has put another database under the name, or dropped the one that was there.
  const different = identityDifferences(target.identity, now, replaced ? ["databaseOid"] : []);
  if (different.length === 0) return undefined;
  return {
    what: `this is not the ${target.name} the plan was made for`,
    why: different.join("; "),
    next: "make a new plan, and look at its target line",
  };
}
