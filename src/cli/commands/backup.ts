import { LifeboatError, usageError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { sizeInWords } from "../../base/size.ts";
import { nameFor, parsePattern } from "../../catalog/pattern.ts";
import { takeBackup } from "../../engine/take-backup.ts";
import { findSystems, runbookRoots, systemNamed } from "../../runbook/find.ts";
import { loadSystem } from "../../runbook/load.ts";
import { storeKind } from "../../stores/registry.ts";
import { gatherStore } from "../gather-store.ts";
import { launcherFor } from "../prepare.ts";
import type { World } from "../world.ts";

export interface BackupOptions {
  store: string | undefined;
  tier: string;
  format: string | undefined;
  /** For the name; the present when not given. */
  time?: Date;
}

/** Takes one backup with its manifest. Returns the artifact's path and what it holds. */
export async function backupStore(
  world: World,
  systemName: string,
  options: BackupOptions,
): Promise<{ path: string; words: string }> {
  const systems = await findSystems(runbookRoots(world.env, world.cwd, world.shipped));
  const system = await loadSystem(systemNamed(systems, systemName).folder, world.env);
  const store = options.store ?? Object.keys(system.system.stores)[0] ?? "";
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
  const path = nameFor(parsePattern(pattern.path, world.cwd, pattern.timezone), { tier: options.tier, time });
  const { backups } = storeKind(settings.kind);
  const format = options.format ?? backups.formatByName(path);
  if (!backups.formats.includes(format))
    throw usageError(
      `a ${settings.kind} store has no backup format "${format}"`,
      `one of: ${backups.formats.join(", ")}`,
    );
  const launch = launcherFor(world, system.vault, "everything");
  const input = await gatherStore(world, system, store, launch, { backup: undefined, restoredAs: undefined });
  const order = { input, format, path, time, jobs: world.jobs, nonce: world.random(8) };
  const manifest = await takeBackup(order, launch);
  const words = `${sizeInWords(manifest.artifact.bytes)}, ${format}, ${backups.words(manifest)}, with manifest`;
  return { path, words };
}
