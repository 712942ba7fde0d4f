import { sep } from "node:path";
import { parseSize, sizeInWords } from "../base/size.ts";
import type { BackupPattern } from "../runbook/common-schema.ts";
import type { StoreKindName } from "../runbook/store-kinds/registry.ts";
import type { Backup } from "./backup.ts";
import { describe } from "./describe.ts";
import { inTurns } from "../base/in-turns.ts";
import { parsePattern } from "./pattern.ts";
import { walk, type Skip } from "./walk.ts";

/** All that was found for one store, and where it was looked. */
export interface Catalog {
  store: string;
  kind: StoreKindName;
  /** Where relative paths start. */
  cwd: string;
  /** The patterns as the team wrote them. */
  patterns: string[];
  /** Newest first. */
  backups: Backup[];
  /** What could not be read, with the reason. */
  skipped: Skip[];
}

const STATS_AT_ONCE = 32;

/** The backups of a store, newest first. See `readCatalog` for what had to be left out. */
export async function listBackups(
  store: string,
  patterns: readonly BackupPattern[],
  cwd: string,
  now: Date,
  kind: StoreKindName = "postgres",
): Promise<Backup[]> {
  return (await readCatalog(store, patterns, cwd, now, kind)).backups;
}

/** Looks for the backups of a store. Throws exit 10 only for a pattern that cannot be understood. */
export async function readCatalog(
  store: string,
  patterns: readonly BackupPattern[],
  cwd: string,
  now: Date,
  kind: StoreKindName = "postgres",
): Promise<Catalog> {
  const skipped: Skip[] = [];
  const found = new Map<string, Backup>();
  for (const pattern of patterns) {
    if (pattern.path.startsWith("s3://")) {
      skipped.push({ path: pattern.path, why: "S3 catalogs are not supported yet" });
      continue;
    }
    const parsed = parsePattern(pattern.path, cwd, pattern.timezone);
    const candidates = (await walk(parsed, skipped)).filter(({ path }) => !found.has(path));
    for (const item of await inTurns(candidates, STATS_AT_ONCE, (one) => describe(store, kind, one))) {
      if ("why" in item) skipped.push(item);
      else found.set(item.path, withRemarks(item, pattern, now));
    }
  }
  const backups = withIds([...found.values()]).sort(newestFirst);
  return {
    store,
    kind,
    cwd,
    patterns: patterns.map(({ path }) => path),
    backups,
    skipped: onlyOnce(skipped),
  };
}

/** Patterns that share a folder stumble over the same thing. */
const onlyOnce = (skipped: Skip[]): Skip[] => [
  ...new Map(skipped.map((skip) => [`${skip.path}\n${skip.why}`, skip])).values(),
];

const newestFirst = (a: Backup, b: Backup): number =>
  b.time.getTime() - a.time.getTime() || (a.id < b.id ? -1 : 1);

const limit = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : parseSize(text);

function withRemarks(backup: Backup, pattern: BackupPattern, now: Date): Backup {
  const { bytes } = backup;
  const usual = pattern["usual-size"];
  const [min, max] = [limit(usual?.min), limit(usual?.max)];
  const remarks = [...backup.remarks];
  if (bytes === 0) remarks.push("it is empty (0 bytes)");
  else if (min !== undefined && bytes < min)
    remarks.push(`unusually small: ${sizeInWords(bytes)}, usual is at least ${usual?.min}`);
  else if (max !== undefined && bytes > max)
    remarks.push(`unusually large: ${sizeInWords(bytes)}, usual is at most ${usual?.max}`);
  if (backup.time > now)
    remarks.push(
      "its time is in the future: check the clock that named it and `timezone` of the backup pattern",
    );
  return { ...backup, remarks };
}

/** The name alone where only one has it, then tier/name, then as much of the path as tells them apart. */
function withIds(backups: Backup[]): Backup[] {
  const byName = Map.groupBy(backups, (backup) => backup.id);
  return [...byName.values()].flatMap((same) => {
    if (same.length === 1) return same;
    const tiered = same.map((backup) => `${backup.tier}/${backup.id}`);
    const hasTiers = same.every((backup) => backup.tier !== undefined);
    const ids = hasTiers && new Set(tiered).size === same.length ? tiered : shortestPaths(same);
    return same.map((backup, at) => ({ ...backup, id: ids[at] ?? backup.path }));
  });
}

function shortestPaths(backups: Backup[]): string[] {
  const names = backups.map((backup) => backup.path.split(sep));
  for (let length = 2; ; length += 1) {
    const ids = names.map((parts) => parts.slice(-length).join(sep));
    if (new Set(ids).size === ids.length) return ids;
  }
}
