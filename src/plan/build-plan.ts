import { LifeboatError, usageError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { formatName } from "../catalog/backup.ts";
import { allSteps, type RunbookStep } from "../runbook/runbook-schema.ts";
import { kindFor } from "../stores/registry.ts";
import type { StoreContext } from "../stores/store-kind.ts";
import { runbookStepOf, type Step } from "../step/step.ts";
import { losesOf, remarksOf } from "./backup-remarks.ts";
import { changesSince } from "./changes.ts";
import { expandRunbook, storeContext } from "./expand.ts";
import { planHash } from "./hash.ts";
import { objectivesOf } from "./objectives-of.ts";
import { type PlanInput, stepsOf } from "./plan-input.ts";
import type { ChosenBackup, Plan } from "./plan-schema.ts";

/** Makes the plan: pure, so the same input gives the same plan and hash. Throws LifeboatError for what cannot be planned. */
export function buildPlan(input: PlanInput): Plan {
  const { system, runbook, mode, run, now } = input;
  // What is only waited for is no target. What a bring-up leads to is one already: its name is typed, its lock is taken.
  const storeSteps = runbook.runbook.steps.filter(
    (s): s is RunbookStep & { store: string } =>
      "store" in s && s.store !== undefined && s.kind !== "wait" && input.leaveOut?.has(s.id) !== true,
  );
  const expansion = expandRunbook(input);
  const isBringUp = input.part === "bring-up";
  const restores = storeSteps.filter((s) => s.kind === "restore");
  const plan: Omit<Plan, "hash"> = {
    version: 1,
    run: run.id,
    tag: run.tag,
    system: system.name,
    runbook: runbook.name,
    title: input.part === "bring-up" ? `${runbook.runbook.title}: bring-up` : runbook.runbook.title,
    environment: system.system.environment,
    mode,
    strategy: input.strategy ?? restores[0]?.strategy ?? "swap",
    createdAt: now.toISOString(),
    sources: [system.source, runbook.source].map(({ path, sha256 }) => ({ path, sha256 })),
    targets: targetsOf(input, storeSteps),
    ...(input.hosts === undefined || input.hosts.length === 0 ? {} : { hosts: [...input.hosts] }),
    backups: isBringUp ? [] : backupsOf(input),
    ...objectivesOf(runbook.runbook, system.system),
    ...(runbook.runbook.objectives?.rto === undefined ? {} : { ownRto: true as const }),
    loses: isBringUp ? [] : losesOf(input),
    keeps:
      mode === "dry-run"
        ? [
            "everything: a dry run changes nothing",
            ...expansion.keeps.map((line) => `live it would keep ${line}`),
          ]
        : expansion.keeps,
    notes: [
      ...new Set([
        ...(isBringUp ? [BRING_UP_NOTE] : []),
        ...runbook.runbook["before-you-start"],
        ...(isBringUp ? [] : remarksOf(input)),
        ...(expansion.notes ?? []),
      ]),
    ],
    changes: [],
    ...leftOutOf(input),
    ...(input.rest === undefined ? {} : { bringsUp: { rest: input.rest } }),
    ...(input.continues === undefined ? {} : { continues: input.continues }),
    steps: expansion.steps.map((step) => (lacksBackup(input, step) ? withoutTime(step) : step)),
  };
  refuseProductionDrill(plan, input);
  const whole = { ...plan, hash: planHash(plan, run) };
  return {
    ...whole,
    ...(input.warnings === undefined || input.warnings.length === 0 ? {} : { warnings: [...input.warnings] }),
    changes: changesOf(input, whole),
  };
}

const BRING_UP_NOTE =
  "this run only brings the servers up; everything else is planned when they can be asked, as a second run";

/** How long it takes is told by the size of the backup. */
const lacksBackup = ({ stores }: PlanInput, { store }: Step): boolean =>
  store !== undefined && stores.get(store)?.backup?.backup.imagined === true;

function withoutTime({ expectedMs: _imagined, ...step }: Step): Step {
  return step;
}

/** Steps that another run has done already are no difference. */
function changesOf({ earlier, part, runbook }: PlanInput, plan: Plan): string[] {
  if (earlier === undefined || part === "bring-up") return [];
  const up = new Set(runbook.runbook["bring-up"].map(({ id }) => id));
  const rest = ({ id }: Plan["steps"][number]): boolean => !up.has(runbookStepOf(id));
  if (part !== "rest" && earlier.continues === undefined) return changesSince(earlier, plan);
  const without = (one: Plan): Plan => ({ ...one, steps: one.steps.filter(rest) });
  return changesSince(without(earlier), without(plan));
}

/** Throws exit 2 for a step that is not there or not optional: what the runbook needs cannot be left out beforehand. */
function leftOutOf(input: PlanInput): Pick<Plan, "leftOut"> {
  const { runbook, leaveOut } = input;
  if (leaveOut === undefined || leaveOut.size === 0) return {};
  const steps = allSteps(runbook.runbook);
  const inPlan = new Set(stepsOf(input).map(({ id }) => id));
  const leftOut = [...leaveOut].flatMap(([id, because]) => {
    const step = steps.find((one) => one.id === id);
    const may = steps.filter((one) => one.optional !== undefined).map((one) => one.id);
    const next = may.length === 0 ? "none of its steps is optional" : `it may go without: ${may.join(", ")}`;
    if (!step) throw usageError(`${runbook.name} has no step "${id}"`, next);
    if (step.optional === undefined) throw usageError(`step ${id} of ${runbook.name} is not optional`, next);
    return inPlan.has(id) ? [{ step: id, title: step.title ?? id, loses: step.optional, because }] : [];
  });
  return leftOut.length === 0 ? {} : { leftOut };
}

/** One target for each store, or for each name where a runbook restores a store under another one. */
function targetsOf(input: PlanInput, steps: (RunbookStep & { store: string })[]): Plan["targets"] {
  const seen = new Map<string, Plan["targets"][number]>();
  for (const step of steps) {
    const context = storeContext(input, step);
    const kind = kindFor(context);
    const name = kind.target(context, step);
    if (seen.has(context.id) && step.kind !== "restore") continue;
    seen.set(context.id, {
      store: context.id,
      kind: context.store.kind,
      name,
      writesTo: kind.writesTo(context, step),
      ...(isAside(context, steps) ? { aside: true } : {}),
      address: addressOf(context),
      ...(kind.sessions === undefined
        ? {}
        : {
            sessions: {
              look: kind.sessions.look(context, input.run.id),
              end: kind.sessions.end(context, input.run.id),
            },
          }),
      ...(context.facts === undefined
        ? { describes: silence(context, input.warnings ?? []) }
        : { describes: kind.describe(context.facts), identity: kind.identity(context.facts) }),
    });
  }
  return [...seen.values()];
}

/** Every restore of it goes under another name. */
function isAside(context: StoreContext, steps: readonly RunbookStep[]): boolean {
  const restores = steps.flatMap((one) => (one.kind === "restore" && one.store === context.id ? [one] : []));
  const { subject } = context.connection;
  return restores.length > 0 && restores.every(({ into }) => into !== undefined && into !== subject);
}

/** Seen from the host its commands run on: "localhost:5432 on container vizora-postgres". */
const addressOf = ({ connection, place }: StoreContext): string =>
  place === undefined ? connection.address : `${connection.address} on ${place.words}`;

/** Why, too, unless a warning says it already. */
function silence({ unreachable = "unknown reason" }: StoreContext, warnings: readonly string[]): string {
  const isSaid = warnings.some((warning) => warning.includes(unreachable));
  return isSaid ? "cannot be asked" : `cannot be asked: ${unreachable}`;
}

function backupsOf(input: PlanInput): ChosenBackup[] {
  return [...input.stores.values()].flatMap(({ id, backup }) => {
    if (!backup) return [];
    const { backup: found, format } = backup;
    const chosen: ChosenBackup = {
      store: id,
      id: found.id,
      path: found.path,
      time: found.time.toISOString(),
      ...(found.tier === undefined ? {} : { tier: found.tier }),
      bytes: found.bytes,
      format: formatName(format),
      ...(found.manifest === undefined ? {} : { manifest: found.manifest }),
      modifiedMs: found.modifiedMs,
      ...(found.imagined === true ? { imagined: true } : {}),
    };
    return [chosen];
  });
}

/** A drill writes only into a scratch name; a name any store is registered under is refused. */
function refuseProductionDrill(plan: Omit<Plan, "hash">, input: PlanInput): void {
  if (plan.mode !== "drill") return;
  const registered = new Set([...input.stores.values()].map((store) => store.connection.subject));
  const hit = plan.targets.find((target) => registered.has(target.writesTo));
  if (!hit) return;
  throw new LifeboatError(EXIT.preflight, {
    what: `a drill would write into ${hit.writesTo}, which is registered as ${plan.environment}`,
    where: `store ${hit.store}`,
    next: "report this: a drill must have a scratch target",
  });
}
