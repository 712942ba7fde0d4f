import { join } from "node:path";
import { LifeboatError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { whoIsThere } from "../hosts/who-is-there.ts";
import { createLauncher, type Launch } from "../hosts/launcher.ts";
import { withFiles } from "../hosts/with-files.ts";
import { createRedactor } from "../journal/redact.ts";
import { buildPlan } from "../plan/build-plan.ts";
import type { PlanInput } from "../plan/plan-input.ts";
import { refuseWithoutEstate } from "./practice-estate.ts";
import { findSystems, runbookRoots, systemNamed } from "../runbook/find.ts";
import { hiddenValues } from "../runbook/hidden-values.ts";
import { type LoadedRunbook, type LoadedSystem, loadForPlan, loadToRead } from "../runbook/load.ts";
import { allSteps } from "../runbook/runbook-schema.ts";
import { kindFor } from "../stores/registry.ts";
import type { RunNames, StoreInput } from "../stores/store-kind.ts";
import { isOtherHost } from "../step/identity.ts";
import type { Identify } from "../engine/run-context.ts";
import type { Choice } from "./choice.ts";
import { receiversOf } from "./call-somebody.ts";
import { composePrograms, composeWarnings } from "./compose-programs.ts";
import { redirectForDrill } from "./drill-env.ts";
import { findFarLeftovers } from "./far-leftovers.ts";
import { gatherHosts, hostIdentifier } from "./gather-hosts.ts";
import { gatherStore, readBackup } from "./gather-store.ts";
import { refuseIdleSkip, refuseIdleStrategy } from "./idle-flags.ts";
import { broughtUpBy, stageOf } from "./stage.ts";
import { livingCommands } from "./leftovers.ts";
import { unfinishedRuns } from "./unfinished.ts";
import { leftDownWarnings } from "./left-down.ts";
import { readRuns } from "./run-folder.ts";
import type { Material } from "./open-context.ts";
import { childEnv, RUN_MARK, type World } from "./world.ts";

/** A new plan, ready to be started. */
export interface Prepared extends Material {
  choice: Choice;
}

const READS_BACKUP = new Set(["restore", "verify"]);

/** `<UTC time>-<system>-<runbook>-<4 letters>`, and the tag for names of databases. */
export function nameRun(world: World, system: string, runbook: string): RunNames {
  const stamp = world.clock.now().toISOString().replaceAll(/[-:]/g, "").slice(0, 15);
  const letters = Number.parseInt(world.random(4), 16).toString(36).padStart(4, "0").slice(-4);
  const id = `${stamp}-${system}-${runbook}-${letters}`;
  return {
    id,
    // The letters too: two runs may begin in one second, and each removes by name what it made.
    tag: `${stamp.slice(4, 8)}_${stamp.slice(9)}_${letters}`,
    dir: join(world.home, "runs", id),
    nonce: world.random(8),
  };
}

export function launcherFor(
  world: World,
  vault: ReadonlyMap<string, string>,
  allow: "reads" | "everything",
  run?: string,
): Launch {
  const env = { ...childEnv(world), ...(run === undefined ? {} : { [RUN_MARK]: run }) };
  return withFiles(createLauncher({ env, secret: (key) => vault.get(key), allow }));
}

/** The name a runbook restores a store under, when it is not the store's own. */
function restoredName(runbook: LoadedRunbook, store: string): string | undefined {
  const restore = runbook.runbook.steps.find((step) => step.kind === "restore" && step.store === store);
  return restore?.kind === "restore" ? restore.into : undefined;
}

/**
 * What `--backup` says for one store: `latest` holds for all, `content=s3://…` for one; several are parted by commas.
 * A store that is not named gets its latest.
 */
function backupOf(choice: string, store: string, { system }: LoadedSystem): string {
  const parts = choice.split(",").map((part): [string | undefined, string] => {
    const name = Object.keys(system.stores).find((one) => part.startsWith(`${one}=`));
    return name === undefined ? [undefined, part] : [name, part.slice(name.length + 1)];
  });
  if (parts.every(([name]) => name === undefined)) return choice;
  return (
    parts.find(([name]) => name === store)?.[1] ?? parts.find(([name]) => name === undefined)?.[1] ?? "latest"
  );
}

/** Every store the runbook names, asked read-only, with the chosen backup where a step needs one. */
async function gatherStores(
  world: World,
  choice: Choice,
  { system, runbook }: { system: LoadedSystem; runbook: LoadedRunbook },
  reads: Launch,
): Promise<Map<string, StoreInput>> {
  const stores = new Map<string, StoreInput>();
  for (const step of allSteps(runbook.runbook)) {
    if (!("store" in step) || step.store === undefined || choice.leaveOut?.has(step.id)) continue;
    const known = stores.get(step.store);
    const wantsBackup = READS_BACKUP.has(step.kind) && known?.backup === undefined;
    if (known && !wantsBackup) continue;
    const backup = wantsBackup
      ? await readBackup(
          world,
          system,
          step.store,
          backupOf(choice.backup, step.store, system),
          choice.onlyLook,
        )
      : undefined;
    const restoredAs = restoredName(runbook, step.store);
    const input = known
      ? { ...known, backup }
      : await gatherStore(world, system, step.store, reads, { backup, restoredAs });
    stores.set(step.store, input);
  }
  return stores;
}

/** Reads files, looks at the backup, asks the stores (read-only), makes the plan. */
export async function prepare(world: World, choice: Choice): Promise<Prepared> {
  refuseWithoutEstate(world, choice.system);
  const continued = broughtUpBy(world, choice);
  const systems = await findSystems(runbookRoots(world.env, world.cwd, world.shipped));
  const folder = systemNamed(systems, choice.system).folder;
  const { missing, ...loaded } = choice.onlyLook
    ? await loadToRead(folder, choice.runbook, world.env)
    : { ...(await loadForPlan(folder, choice.runbook, world.env)), missing: [] };
  const { system } = loaded;
  refuseIdleStrategy(choice.strategy, system, loaded.runbook);
  const reads = launcherFor(world, loaded.runbook.vault, "reads");
  const stores = await gatherStores(world, choice, loaded, reads);
  const compose = await composePrograms(system, loaded.runbook.runbook, reads);
  const names = nameRun(world, system.name, loaded.runbook.name);
  if (choice.mode === "live") await refuseOrphans(world, system.name, reads);
  const staged = stageOf(choice, loaded.runbook, stores, names.id, continued);
  const runbook = choice.mode === "drill" ? redirectForDrill(loaded.runbook, stores, names) : loaded.runbook;
  const runs = readRuns(world);
  const input: PlanInput = {
    system,
    runbook,
    mode: choice.mode,
    ...staged,
    strategy: choice.strategy,
    stores,
    run: names,
    now: world.clock.now(),
    jobs: world.jobs,
    skipSafetyCopy: choice.skipSafetyCopy !== undefined,
    leaveOut: choice.leaveOut,
    composePrograms: compose.programs,
    hosts: await gatherHosts(system, allSteps(loaded.runbook.runbook), reads),
    warnings: [
      ...(choice.mode === "live" ? terminalWarnings(world.env) : []),
      ...missing.map((name) => `${name} is not set: planned without it; nothing can be run before it is`),
      ...staged.warnings,
      ...composeWarnings(compose.missing),
      ...(choice.mode === "drill"
        ? []
        : leftDownWarnings(world, runs, { system: system.name, runbook: runbook.name })),
    ],
    earlier: runs.find(
      ({ plan: old }) => old.system === system.name && old.runbook === runbook.name && !old.bringsUp,
    )?.plan,
  };
  const plan = buildPlan(input);
  if (staged.part !== "bring-up") refuseIdleSkip(input, plan);
  return {
    plan,
    folder: names.dir,
    launch: choice.mode === "dry-run" ? reads : launcherFor(world, runbook.vault, "everything", names.id),
    redactor: createRedactor(hiddenValues(runbook.vault)),
    identify: identifier(stores, reads),
    identifyHost: hostIdentifier(system, reads),
    stores,
    vault: runbook.vault,
    receivers: receiversOf(system.system, runbook.vault),
    choice,
  };
}

/** A live run whose terminal goes away with the network is stopped in the middle of something. */
export function terminalWarnings(env: Record<string, string>): string[] {
  if (!env["SSH_CONNECTION"] || env["TMUX"] || env["STY"]) return [];
  return [
    "you are connected by ssh and not in tmux or screen: if the connection breaks, the run stops (lifeboat resume goes on); better start it in tmux",
  ];
}

/** Commands of a run whose Lifeboat died may still work on the very store: that has to be settled first. */
async function refuseOrphans(world: World, system: string, launch: Launch): Promise<void> {
  for (const { run, plan, state } of unfinishedRuns(world, readRuns(world))) {
    if (plan.system !== system) continue;
    const living = livingCommands({ run, state }).map((command) => command.says);
    living.push(...(await findFarLeftovers({ run, plan, state }, launch)).says);
    if (living.length === 0) continue;
    throw new LifeboatError(EXIT.locked, {
      what: `run ${run} died, but what it had started still runs`,
      where: living.join("; "),
      next: `lifeboat resume ${run} or lifeboat undo ${run}: both end it first`,
    });
  }
}

/** Asks a store again who it is. Rejects when it does not answer. */
export function identifier(stores: ReadonlyMap<string, StoreInput>, launch: Launch): Identify {
  return async (id, only) => {
    const input = stores.get(id);
    if (!input) throw new LifeboatError(EXIT.bug, { what: `no store ${id}` });
    const kind = kindFor(input);
    const { place } = input;
    // The host first: another container of the same name may have been given the same data, or nothing yet.
    const isKnown = place !== undefined && Object.keys(place.identity).length > 0;
    const host = isKnown ? await whoIsThere(place.hops, launch) : {};
    if (only === "host") return host;
    if (isKnown && isOtherHost(place.identity, host) && input.facts !== undefined)
      return { ...kind.identity(input.facts), ...host };
    const result = await launch(kind.factsCommand(input), {
      effect: "reads",
      signal: AbortSignal.timeout(30_000),
    });
    if (result.exit !== 0) throw new Error(result.transport?.what ?? result.stderr.trim());
    return { ...kind.identity(kind.parseFacts(result.stdout)), ...host };
  };
}
