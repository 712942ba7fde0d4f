import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type FoundFile } from "../../author/look/backup-files.ts";
import { TIMESTAMP_SOURCE } from "../../catalog/timestamp.ts";

const DEEPEST = 4;
const MOST = 5000;
const STAMPED = new RegExp(`(?<!\\d)(?:${TIMESTAMP_SOURCE})(?!\\d)`);
/** What is a backup by itself, so that the folder around it is none. */
const PACKED = /\.(?:sql|dump|rdb|native|tar|tgz|archive|gz|zst)(?:\.\w+)?$/;
/** What makes a folder one backup. */
const PART = /\.bson(?:\.gz)?$|^toc\.dat$|\.metadata\.json(?:\.gz)?$/;

/** Files and folders that are backups, below a folder; at most as many as it takes to see the pattern. */
export async function backupFiles(folder: string, shown: (path: string) => string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  await walk(folder, 0, found, shown);
  return found;
}

async function walk(
  folder: string,
  depth: number,
  found: FoundFile[],
  shown: (path: string) => string,
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (found.length >= MOST || entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isFile()) found.push({ path: shown(path), bytes: await sizeOf(path) });
    else if (entry.isDirectory() && depth < DEEPEST) {
      const holds = await readdir(path).catch(() => []);
      if (isOne(entry.name, holds)) found.push({ path: shown(path), bytes: 0, holds });
      else await walk(path, depth + 1, found, shown);
    }
  }
}

/** Whether a folder is one backup: its parts say so, or it is named for a time and holds no backups itself. */
function isOne(name: string, holds: readonly string[]): boolean {
  if (holds.some((inside) => PART.test(inside))) return true;
  const isSet =
    holds.some((inside) => PACKED.test(inside)) ||
    holds.every((inside) => !/[.]/.test(inside) && holds.length <= 2);
  return STAMPED.test(name) && holds.length > 0 && !isSet;
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    (one) => one.size,
    () => 0,
  );
