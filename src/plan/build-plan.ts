import { ageInWords, parseDuration } from "../base/duration.ts";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { sizeInWords } from "../base/size.ts";
import { formatName } from "../catalog/backup.ts";
import { addressOf } from "../runbook/connection.ts";
import type { RunbookStep } from "../runbook/runbook-schema.ts";
import { storeKind } from "../stores/registry.ts";
import type { StoreContext } from "../stores/store-kind.ts";
import type { Identity } from "../step/identity.ts";
import { changesSince } from "./changes.ts";
import { expandRunbook, storeContext } from "./expand.ts";
import { planHash } from "./hash.ts";
import type { PlanInput } from "./plan-input.ts";
import type { ChosenBackup, Plan } from "./plan-schema.ts";

/** Makes the plan: pure, so the same input gives the same plan and hash. Throws LifeboatError for what cannot be planned. */
export function buildPlan(input: PlanInput): Plan {
  const { system, runbook, mode, run, now } = input;
  const storeSteps = runbook.runbook.steps.filter(
    (s): s is RunbookStep & { store: string } => "store" in s && s.store !== undefined,
  );
  const expansion = expandRunbook(input);
  const objectives = { ...system.system.objectives, ...runbook.runbook.objectives };
  const restores = storeSteps.filter((s) => s.kind === "restore");
  const plan: Omit<Plan, "hash"> = {
    version: 1,
    run: run.id,
    tag: run.tag,
    system: system.name,
    runbook: runbook.name,
    title: runbook.runbook.title,
    environment: system.system.environment,
    mode,
    strategy: input.strategy ?? restores[0]?.strategy ?? "swap",
    createdAt: now.toISOString(),
    sources: [system.source, runbook.source].map(({ path, sha256 }) => ({ path, sha256 })),
    targets: targetsOf(input, storeSteps),
    backups: backupsOf(input),
    ...(objectives.rto === undefined ? {} : { rtoMs: parseDuration(objectives.rto) ?? 0 }),
    ...(objectives.rpo === undefined ? {} : { rpoMs: parseDuration(objectives.rpo) ?? 0 }),
    loses: losesOf(input),
    keeps:
      mode === "dry-run"
        ? [
            "everything: a dry run changes nothing",
            ...expansion.keeps.map((line) => `live it would keep ${line}`),
          ]
        : expansion.keeps,
    notes: [...runbook.runbook["before-you-start"], ...remarksOf(input), ...(expansion.notes ?? [])],
    changes: [],
    steps: expansion.steps,
  };
  refuseProductionDrill(plan, input);
  const whole = { ...plan, hash: planHash(plan, run) };
  return {
    ...whole,
    ...(input.warnings === undefined || input.warnings.length === 0 ? {} : { warnings: [...input.warnings] }),
    changes: input.earlier === undefined ? [] : changesSince(input.earlier, whole),
  };
}

/** One target for each store, or for each name where a runbook restores a store under another one. */
function targetsOf(input: PlanInput, steps: (RunbookStep & { store: string })[]): Plan["targets"] {
  const seen = new Map<string, Plan["targets"][number]>();
  for (const step of steps) {
    const context = storeContext(input, step);
    const kind = storeKind(context.store.kind);
    const name = kind.target(context, step);
    if (seen.has(context.id) && step.kind !== "restore") continue;
    seen.set(context.id, {
      store: context.id,
      kind: context.store.kind,
      name,
      writesTo: kind.writesTo(context, step),
      address: addressOf(context.connection),
      sessions: {
        look: kind.sessionsCommand(context, input.run.id),
        end: kind.endSessionsCommand(context, input.run.id),
      },
      ...described(context, kind.describe, kind.identity),
    });
  }
  return [...seen.values()];
}

function described(
  context: StoreContext,
  describe: (facts: unknown) => string,
  identity: (facts: unknown) => Identity,
): { describes: string; identity?: Identity } {
  if (context.facts === undefined)
    return { describes: `cannot be asked: ${context.unreachable ?? "unknown reason"}` };
  return { describes: describe(context.facts), identity: identity(context.facts) };
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
    };
    return [chosen];
  });
}

function losesOf(input: PlanInput): string[] {
  return [...input.stores.values()].flatMap(({ id, backup }) => {
    if (!backup) return [];
    const age = ageInWords(input.now.getTime() - backup.backup.time.getTime());
    // Neither a dry run nor a drill loses anything, and neither may frighten anybody.
    const lost = input.mode === "live" ? id : `nothing now; live it would be, of ${id}`;
    return [
      `${lost}: what was written after ${backup.backup.time.toISOString().slice(0, 19).replace("T", " ")} UTC (${age} ago)`,
    ];
  });
}

function remarksOf(input: PlanInput): string[] {
  return [...input.stores.values()].flatMap(({ backup }) => {
    if (!backup) return [];
    const { id, remarks, bytes } = backup.backup;
    const proof =
      backup.manifest === undefined
        ? [`${id} has no manifest: it is verified as far as possible, the rest is not checked`]
        : [];
    return [...remarks.map((remark) => `${id} (${sizeInWords(bytes)}): ${remark}`), ...proof];
  });
}

/** A drill writes only into a scratch name; a name any store is registered under is refused. */
function refuseProductionDrill(plan: Omit<Plan, "hash">, input: PlanInput): void {
  if (plan.mode !== "drill") return;
  const registered = new Set([...input.stores.values()].map((store) => store.connection.database));
  const hit = plan.targets.find((target) => registered.has(target.writesTo));
  if (!hit) return;
  throw new LifeboatError(EXIT.preflight, {
    what: `a drill would write into ${hit.writesTo}, which is registered as ${plan.environment}`,
    where: `store ${hit.store}`,
    next: "report this: a drill must have a scratch target",
  });
}
