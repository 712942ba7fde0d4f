import { LifeboatError, usageError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { hintFor } from "../engine/hints.ts";
import { isRecovered } from "../journal/objectives.ts";
import type { PlanInput } from "../plan/plan-input.ts";
import type { LoadedRunbook } from "../runbook/load.ts";
import type { Runbook } from "../runbook/runbook-schema.ts";
import { storeKind } from "../stores/registry.ts";
import type { StoreInput } from "../stores/store-kind.ts";
import { type Choice, restCommand } from "./choice.ts";
import { readRun, runFolder } from "./run-folder.ts";
import type { World } from "./world.ts";

/** Which of a runbook's steps can be planned now. */
type Stage = Pick<PlanInput, "part" | "rest" | "continues"> & { warnings: string[] };

/**
 * After a total loss the servers cannot say who they are, and without that nothing can be planned that touches them. A
 * live run then begins with the runbook's bring-up alone; the rest is planned, anew, when that is done. Throws exit 11
 * where a server does not answer and nothing brings it up.
 */
export function stageOf(
  choice: Choice,
  { runbook }: LoadedRunbook,
  stores: ReadonlyMap<string, StoreInput>,
  run: string,
  done: BroughtUp | undefined,
): Stage {
  const acted = storesActedOn(runbook, stores);
  const { mode, leaveOut, onlyLook } = choice;
  if (done) {
    refuseUnreachable(acted, runbook, done);
    return { part: "rest", continues: { run: done.run, startedAt: done.startedAt }, warnings: [] };
  }
  const down = acted.filter((store) => !runs(store));
  const bringsUp = runbook["bring-up"].some(({ id }) => leaveOut?.has(id) !== true);
  const warnings = down.map(silence);
  if (bringsUp && down.length > 0 && mode === "live" && onlyLook !== true)
    return { part: "bring-up", rest: restCommand(choice, run), warnings };
  const needsAll = mode === "drill" || (mode === "live" && !bringsUp);
  if (needsAll && onlyLook !== true) refuseUnreachable(acted, runbook);
  const known = "its steps are planned with what can be known";
  const later = bringsUp
    ? `${known}; live, bring-up is run first, and the rest planned then`
    : `${known}; nothing can be run before it answers`;
  return { warnings: bringsUp || needsAll ? warnings.map((line) => `${line}: ${later}`) : [] };
}

/** What is only waited for may still be silent. */
function storesActedOn(runbook: Runbook, stores: ReadonlyMap<string, StoreInput>): StoreInput[] {
  const acted = new Set(
    runbook.steps.flatMap((step) => ("store" in step && step.kind !== "wait" ? (step.store ?? []) : [])),
  );
  return [...stores.values()].filter(({ id }) => acted.has(id));
}

/** Some servers are known while they are stopped, because they can be restored so. */
function runs({ store, facts }: StoreInput): boolean {
  return facts !== undefined && storeKind(store.kind).runs?.(facts) !== false;
}

function silence({ id, store, facts, unreachable }: StoreInput): string {
  const why = facts === undefined ? (unreachable ?? "unknown reason") : storeKind(store.kind).describe(facts);
  return `store ${id} does not answer (${why})`;
}

/** A run that has brought up the servers of what is planned now. */
export interface BroughtUp {
  run: string;
  startedAt: string;
  /** The command that goes on. */
  rest: string;
}

/**
 * The run that the choice continues; undefined when it continues none. Throws exit 2 for one that did not bring up this
 * runbook's servers, or has not come to its end.
 */
export function broughtUpBy(
  world: World,
  { system, runbook, mode, continues }: Choice,
): BroughtUp | undefined {
  if (continues === undefined) return undefined;
  const { run, plan, state } = readRun(runFolder(world, continues));
  const same = plan.system === system && plan.runbook === runbook && mode === "live";
  if (!same || plan.bringsUp === undefined)
    throw usageError(
      `run ${run} is no bring-up that a live run of ${system} ${runbook} could continue`,
      "leave --continues away",
    );
  if (!isRecovered(state) || state.openedAt === undefined)
    throw usageError(`the bring-up run ${run} is not done`, `finish it first: lifeboat resume ${run}`);
  return { run, startedAt: state.openedAt, rest: plan.bringsUp.rest };
}

function refuseUnreachable(stores: readonly StoreInput[], { steps }: Runbook, done?: BroughtUp): void {
  const silent = stores.find(({ facts }) => facts === undefined);
  if (!silent) return;
  const { id, store, connection, unreachable, wayNext } = silent;
  const optional = steps.filter(
    (step) => "store" in step && step.store === id && step.optional !== undefined,
  );
  const without = optional.map((step) => ` --leave-out ${step.id}`).join("");
  const next =
    wayNext ??
    hintFor(unreachable ?? "", [store.kind])?.next ??
    "start the server, or correct host, url, server, port, user or password in system.yaml or the environment";
  const still = done ? "still " : "";
  throw new LifeboatError(EXIT.preflight, {
    what: `the server of store ${id} ${still}cannot be asked who it is`,
    where: connection.user === "" ? connection.address : `${connection.address}, user ${connection.user}`,
    ...(unreachable === undefined ? {} : { why: unreachable }),
    ...(done ? { changed: `the bring-up is done, by run ${done.run}` } : {}),
    next: [
      without === "" ? next : `${next}; or go without it:${without} --because "…"`,
      ...(done ? [`then go on with: ${done.rest}`] : []),
    ].join("; "),
  });
}
