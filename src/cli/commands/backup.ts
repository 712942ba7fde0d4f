import { LifeboatError, usageError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { count, sizeInWords } from "../../base/size.ts";
import { nameFor, parsePattern } from "../../catalog/pattern.ts";
import { takeBackup } from "../../engine/take-backup.ts";
import { findSystems, runbookRoots, systemNamed } from "../../runbook/find.ts";
import { connectionOf, loadSystem } from "../../runbook/load.ts";
import type { DumpFormat } from "../../stores/postgres/dump-script.ts";
import { launcherFor } from "../prepare.ts";
import type { World } from "../world.ts";

export interface BackupOptions {
  store: string | undefined;
  tier: string;
  format: DumpFormat | undefined;
  /** For the name; the present when not given. */
  time?: Date;
}

/** The format a name promises; only a default, since what reads backups goes by their bytes. */
function formatByName(path: string): DumpFormat {
  if (path.endsWith(".sql.gz")) return "plain.gz";
  if (path.endsWith(".sql")) return "plain";
  if (path.endsWith(".tar")) return "tar";
  return path.endsWith(".dir") ? "directory" : "custom";
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
  const connection = connectionOf(system, store);
  const time = options.time ?? world.clock.now();
  const path = nameFor(parsePattern(pattern.path, world.cwd, pattern.timezone), { tier: options.tier, time });
  const format = options.format ?? formatByName(path);
  const request = {
    system: system.name,
    store,
    environment: system.system.environment,
    connection,
    format,
    path,
    time,
    jobs: world.jobs,
    nonce: world.random(8),
  };
  const manifest = await takeBackup(request, launcherFor(world, system.vault, "everything"));
  const rows = manifest.tables.reduce((sum, t) => sum + BigInt(t.rows), 0n);
  const words = `${sizeInWords(manifest.artifact.bytes)}, ${format}, ${count(manifest.tables.length)} tables, ${count(rows)} rows, with manifest`;
  return { path, words };
}
