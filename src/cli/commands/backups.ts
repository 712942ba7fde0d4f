import { ageInWords } from "../../base/duration.ts";
import { usageError } from "../../base/errors.ts";
import { counted, sizeInWords } from "../../base/size.ts";
import { type Backup, formatName } from "../../catalog/backup.ts";
import { readFormat } from "../../catalog/format.ts";
import { readCatalog } from "../../catalog/list.ts";
import { retentionOf } from "../../retention/retention-of.ts";
import { findSystems, runbookRoots, systemNamed } from "../../runbook/find.ts";
import { loadSystem } from "../../runbook/load.ts";
import { unsetError } from "../../runbook/load.ts";
import type { World } from "../world.ts";

const SHOWN = 50;

/** `lifeboat backups <system> [<store>]`: newest first, with the format their bytes say. */
export async function listStoreBackups(
  world: World,
  name: string,
  store: string | undefined,
  json: boolean,
): Promise<number> {
  const systems = await findSystems(runbookRoots(world.env, world.cwd, world.shipped));
  const system = await loadSystem(systemNamed(systems, name).folder, world.env);
  const inPatterns = system.unset.filter(({ inside }) => inside.includes("backups"));
  if (inPatterns.length > 0) throw unsetError(inPatterns, system);
  const ids = store === undefined ? Object.keys(system.system.stores) : [store];
  const now = world.clock.now();
  for (const id of ids) {
    const settings = system.system.stores[id];
    if (!settings)
      throw usageError(
        `${name} has no store "${id}"`,
        `its stores: ${Object.keys(system.system.stores).join(", ")}`,
      );
    const catalog = await readCatalog(id, settings.backups, world.cwd, now, settings.kind);
    const retention = retentionOf(settings, catalog, now);
    if (json) {
      const withRetention = (backup: Backup): object => ({
        ...backup,
        retention: retention?.get(backup.path),
      });
      const all = { ...catalog, backups: catalog.backups.map(withRetention) };
      world.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
      continue;
    }
    world.stdout.write(
      `${id}: ${counted(catalog.backups.length, "backup")} in ${catalog.patterns.join(", ") || "no place: it has no backup pattern"}\n`,
    );
    for (const backup of catalog.backups.slice(0, SHOWN)) {
      const format = await readFormat(backup.path, settings.kind).then(formatName, () => "unreadable");
      const age = ageInWords(now.getTime() - backup.time.getTime());
      const cells = [
        backup.time.toISOString().slice(0, 19).replace("T", " "),
        `${age} ago`.padEnd(11),
        sizeInWords(backup.bytes).padStart(7),
        (backup.tier ?? "").padEnd(8),
        format.padEnd(9),
        backup.manifest ? "manifest" : "        ",
        backup.id,
      ];
      world.stdout.write(`  ${cells.join("  ")}\n`);
      const verdict = retention?.get(backup.path);
      if (verdict?.isKept === false) world.stdout.write(`      may go: ${verdict.why}\n`);
      for (const remark of backup.remarks) world.stdout.write(`      ! ${remark}\n`);
    }
    if (catalog.backups.length > SHOWN)
      world.stdout.write(`  … and ${catalog.backups.length - SHOWN} older ones (--json shows all)\n`);
    for (const skip of catalog.skipped) world.stdout.write(`  not read: ${skip.path}: ${skip.why}\n`);
  }
  return 0;
}
