import { writeFileSync } from "node:fs";
import { LifeboatError, usageError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { sizeInWords } from "../../base/size.ts";
import { nameFor, parsePattern } from "../../catalog/pattern.ts";
import { takeBackup } from "../../engine/take-backup.ts";
import { findSystems, runbookRoots, systemNamed } from "../../runbook/find.ts";
import { errorText } from "../../output/error-text.ts";
import { loadSystem } from "../../runbook/load.ts";
import { storeKind } from "../../stores/registry.ts";
import { gatherStore } from "../gather-store.ts";
import { launcherFor } from "../prepare.ts";
import { leave, onSignals } from "../signals.ts";
import { RUN_MARK, type World } from "../world.ts";

export interface BackupOptions {
  tier: string;
  format?: string | undefined;
  /** A file that gets the path of the backup, and what it holds, when it is whole. */
  note?: string | undefined;
  /** For the name; the present when not given. */
  time?: Date;
}

/**
 * `lifeboat backup`: of the named stores, else of every store that has a place for backups. One that fails keeps no other
 * from its backup; its exit code is the command's.
 */
export async function backupStores(
  world: World,
  systemName: string,
  named: readonly string[],
  options: BackupOptions,
): Promise<number> {
  const stores = named.length > 0 ? named : await storesWithBackups(world, systemName);
  if (options.format !== undefined && stores.length > 1)
    throw usageError("--format is of one store", `name it: lifeboat backup ${systemName} <store> --format …`);
  if (options.note !== undefined && stores.length > 1)
    throw usageError("--note is of one store", `name it: lifeboat backup ${systemName} <store> --note …`);
  let exit: number = EXIT.done;
  for (const store of stores) {
    try {
      const { path, words } = await backupStore(world, systemName, store, options);
      world.stdout.write(`${path}\n${words}\n`);
      if (options.note !== undefined) writeFileSync(options.note, `${path}\n${words}\n`, { mode: 0o600 });
    } catch (error) {
      if (stores.length === 1 || !(error instanceof LifeboatError)) throw error;
      world.stderr.write(`${[`store ${store}: no backup`, ...errorText(error)].join("\n")}\n`);
      exit = error.exit;
    }
  }
  return exit;
}

/** All of them where none has one, so that it is said. */
async function storesWithBackups(world: World, systemName: string): Promise<string[]> {
  const systems = await findSystems(runbookRoots(world.env, world.cwd, world.shipped));
  const { system } = await loadSystem(systemNamed(systems, systemName).folder, world.env);
  const all = Object.keys(system.stores);
  const some = all.filter((store) => (system.stores[store]?.backups ?? []).length > 0);
  return some.length > 0 ? some : all;
}

/** Takes one backup with its manifest. Returns the artifact's path and what it holds. */
export async function backupStore(
  world: World,
  systemName: string,
  store: string,
  options: BackupOptions,
): Promise<{ path: string; words: string }> {
  const systems = await findSystems(runbookRoots(world.env, world.cwd, world.shipped));
  const system = await loadSystem(systemNamed(systems, systemName).folder, world.env);
  const settings = system.system.stores[store];
  if (!settings)
    throw usageError(
      `${systemName} has no store "${store}"`,
      `its stores: ${Object.keys(system.system.stores).join(", ")}`,
    );
  const [pattern] = settings.backups;
  if (!pattern)
    throw new LifeboatError(EXIT.invalid, {
      what: `store ${store} has no backup pattern`,
      where: system.source.path,
      next: "give it one under `backups:`",
    });
  const time = options.time ?? world.clock.now();
  const named = { tier: options.tier, time, like: pattern["written-as"] };
  const path = nameFor(parsePattern(pattern.path, world.cwd, pattern.timezone), named);
  const { backups } = storeKind(settings.kind);
  const format = options.format ?? backups.formatByName(path);
  if (!backups.formats.includes(format))
    throw usageError(
      `a ${settings.kind} store has no backup format "${format}"`,
      `one of: ${backups.formats.join(", ")}`,
    );
  const launch = launcherFor(world, system.vault, "everything", world.env[RUN_MARK]);
  const input = await gatherStore(world, system, store, launch, { backup: undefined, restoredAs: undefined });
  const order = { input, format, path, time, jobs: world.jobs, nonce: world.random(8) };
  const manifest = await untilStopped((signal) => takeBackup({ ...order, signal }, launch));
  const words = `${sizeInWords(manifest.artifact.bytes)}, ${format}, ${backups.words(manifest)}, with manifest`;
  return { path, words };
}

/** Stopped, it ends what it has started and leaves nothing half done; asked twice, it ends at once. */
async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const stopSignals = onSignals(
    () => stop.abort(),
    () => leave(EXIT.interrupted),
  );
  try {
    return await work(stop.signal);
  } finally {
    stopSignals();
  }
}
