import { basename, dirname } from "node:path";
import type { StoreKindName } from "../../runbook/store-kinds/registry.ts";
import { patternOf } from "../backup-pattern.ts";
import { kindInWords } from "../store-guess.ts";

/** One file or folder among the backups. */
export interface FoundFile {
  path: string;
  bytes: number;
  /** Names of what lies in it, for a folder; undefined for a file. */
  holds?: readonly string[];
}

/** Backups that lie under one pattern. */
export interface FoundBackups {
  pattern: string;
  kind: StoreKindName | undefined;
  count: number;
  smallest: number;
  largest: number;
  /** One of them, for people. */
  example: string;
  guessed?: string;
}

/** Groups what lies in backup folders by pattern, the pattern with most files first. */
export function groupBackups(files: readonly FoundFile[]): FoundBackups[] {
  const groups = new Map<string, FoundBackups>();
  for (const file of files) {
    if (/\.(?:manifest\.json|sha256|md5|log|txt|partial|tmp)$|\.manifest$/.test(file.path)) continue;
    const { pattern, guessed } = patternOf(file.path);
    const kind = kindOfBackup(file);
    const before = groups.get(pattern);
    groups.set(pattern, {
      pattern,
      kind: before?.kind ?? kind,
      count: (before?.count ?? 0) + 1,
      smallest: Math.min(before?.smallest ?? file.bytes, file.bytes),
      largest: Math.max(before?.largest ?? file.bytes, file.bytes),
      example: file.path,
      ...(guessed === undefined ? {} : { guessed }),
    });
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count || a.pattern.localeCompare(b.pattern));
}

const ENDINGS: readonly [RegExp, StoreKindName][] = [
  [/\.rdb(?:\.\w+)?$/, "redis"],
  [/\.native(?:\.\w+)?$/, "clickhouse"],
  [/\.(?:bson|archive)(?:\.\w+)?$/, "mongodb"],
  [/\.(?:sql|dump|pgdump|pg_dump)(?:\.\w+)?$/, "postgres"],
];

/** What a backup is of: by what it holds, by its name's ending, by words in its path. */
export function kindOfBackup({ path, holds }: Pick<FoundFile, "path" | "holds">): StoreKindName | undefined {
  if (holds?.some((name) => /\.bson(?:\.gz)?$|\.metadata\.json/.test(name))) return "mongodb";
  if (holds?.includes("toc.dat")) return "postgres";
  if (holds?.some((name) => /\.manifest$|^meta\.\d+$/.test(name))) return "influxdb";
  const ending = ENDINGS.find(([pattern]) => pattern.test(path))?.[1];
  if (ending !== undefined) return /mysql|maria/i.test(path) ? undefined : ending;
  const words = `${basename(dirname(path))}/${basename(path)}`.replaceAll("_", " ");
  return kindInWords(words) ?? kindInWords(path.replaceAll(/[_/]/g, " "));
}
