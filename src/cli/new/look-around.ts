import { readdir, readFile, stat } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { isComposeName, readComposeFile } from "../../author/look/compose-file.ts";
import { isEnvName, readEnvFile } from "../../author/look/env-file.ts";
import { groupBackups } from "../../author/look/backup-files.ts";
import { type LookFiles, migrateFrom } from "../../author/look/migrate-tool.ts";
import type { LookResult } from "../../author/look/look-result.ts";
import { backupFiles } from "./backup-files.ts";

/** Folders below the application's own in which compose files usually lie. */
const BELOW = ["", "docker", "deploy", "deployment", "infra", "ops"];
const LARGEST = 1_000_000;

/** Reads what lies in an application's folder; changes nothing. `backups` are folders that somebody named. */
export async function lookAround(
  folder: string,
  cwd: string,
  system: string,
  backups: readonly string[],
): Promise<LookResult> {
  const files: LookFiles = new Map();
  const compose: LookResult["compose"] = [];
  const env: LookResult["env"] = [];
  const unread: string[] = [];
  for (const below of BELOW) {
    const place = join(folder, below);
    for (const name of (await names(place)).toSorted(byPriority)) {
      const path = join(place, name);
      if (below === "") files.set(name, async () => (await text(path)) ?? "");
      if (isComposeName(name)) {
        const read = readComposeFile(shown(path, cwd), (await text(path)) ?? "");
        if (read === undefined) unread.push(shown(path, cwd));
        else compose.push({ ...read, project: read.project ?? projectName(place) });
      } else if (below === "" && isEnvName(name))
        env.push(readEnvFile(shown(path, cwd), (await text(path)) ?? ""));
    }
  }
  const folders = await backupFolders(folder, system, [...backups, ...ofEnv(env)]);
  const found = (
    await Promise.all(folders.map((place) => backupFiles(place, (path) => shown(path, cwd))))
  ).flat();
  return {
    compose,
    env,
    unread,
    backups: groupBackups(found),
    backupFolders: folders.map((place) => shown(place, cwd)),
    migrate: await migrateFrom(files, folder, (path) => names(path)),
  };
}

/** As compose makes it of the folder's name. */
const projectName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");

const rank = (name: string): number =>
  /prod/i.test(name) ? 0 : /dev|test|override|local|ci/i.test(name) ? 2 : 1;

/** Production's files first, development's last: the first one counts. */
function byPriority(a: string, b: string): number {
  return rank(a) - rank(b) || a.localeCompare(b);
}

/** A path as a person would type it in the working directory. */
export function shown(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith("..") || isAbsolute(short) || short === "" ? path : short;
}

const ofEnv = (env: LookResult["env"]): string[] =>
  env.flatMap(({ values }) =>
    Object.entries(values).flatMap(([name, value]) =>
      /^BACKUPS?_(?:DIR|DIRECTORY|PATH|FOLDER|ROOT)$/.test(name) && value ? [value] : [],
    ),
  );

async function backupFolders(folder: string, system: string, named: readonly string[]): Promise<string[]> {
  const usual = [
    join(folder, "backups"),
    join(folder, "backup"),
    `/var/backups/${system}`,
    `/backups/${system}`,
  ];
  const found: string[] = [];
  for (const path of [...named.map((name) => resolve(folder, name)), ...usual]) {
    const isFolder = await stat(path).then(
      (one) => one.isDirectory(),
      () => false,
    );
    if (isFolder && !found.includes(path)) found.push(path);
  }
  return found;
}

/** Names in a folder; none where it may not be read or is not there: looking around is never a reason to stop. */
async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function text(path: string): Promise<string | undefined> {
  const size = await stat(path).then(
    (one) => (one.isFile() ? one.size : Infinity),
    () => Infinity,
  );
  return size > LARGEST ? undefined : readFile(path, "utf8").catch(() => undefined);
}
