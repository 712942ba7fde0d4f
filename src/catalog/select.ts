import { counted } from "../base/size.ts";
import { access, lstat } from "node:fs/promises";
import { basename, isAbsolute, resolve } from "node:path";
import { closest } from "fastest-levenshtein";
import { LifeboatError, usageError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import type { Backup } from "./backup.ts";
import { measure } from "./describe.ts";
import type { Catalog } from "./list.ts";

/**
 * The backup that `--backup` names: latest, an id, a path (also outside the catalog), or before:<time>. A time without
 * a zone is the operator's local time. Throws exit 2 for a name nobody has, exit 11 when there is nothing to choose.
 */
export async function selectBackup(catalog: Catalog, choice: string, now: Date): Promise<Backup> {
  if (choice.startsWith("s3://") && catalog.kind === "s3") return bucketBackup(catalog, choice, now);
  if (choice.startsWith("s3://"))
    throw usageError(
      `S3 catalogs are not supported yet: ${choice}`,
      "download the object, then give its path: --backup ./<file>",
    );
  if (choice === "latest") return latest(catalog, now);
  if (choice.startsWith("before:")) return before(catalog, choice.slice("before:".length), now);
  return named(catalog, choice) ?? (await outside(catalog, choice)) ?? unknown(catalog, choice);
}

/** A bucket as the backup of a bucket; what is in it is asked when the run comes to it. */
function bucketBackup(catalog: Catalog, url: string, now: Date): Backup {
  return {
    id: url,
    store: catalog.store,
    path: url,
    tier: undefined,
    time: now,
    bytes: 0,
    modifiedMs: 0,
    kind: "remote",
    manifest: undefined,
    remarks: ["another bucket, as it is now: nobody knows when it was filled"],
  };
}

function latest(catalog: Catalog, now: Date): Backup {
  const past = catalog.backups.find((backup) => backup.time <= now);
  if (!past) throw nothing(catalog, "no backup to restore from");
  return remarked(past, ...leftOut(catalog, now));
}

const SHOWN = 5;

/** Backups of the future are never picked by themselves; neither they nor what could not be read is left out silently. */
function leftOut(catalog: Catalog, now: Date): string[] {
  const future = catalog.backups
    .filter((backup) => backup.time > now)
    .map((backup) => `left out ${backup.id}: its time ${backup.time.toISOString()} is in the future`);
  const unread = catalog.skipped.map((skip) => `left out ${skip.path}: ${skip.why}`);
  const more = unread.length > SHOWN ? [`left out ${unread.length - SHOWN} more that could not be read`] : [];
  return [...future, ...unread.slice(0, SHOWN), ...more];
}

function before(catalog: Catalog, text: string, now: Date): Backup {
  const time = readTime(text);
  const limit = time < now ? time : now;
  const found = catalog.backups.find((backup) => isOver(backup) <= limit.getTime());
  const unsure = catalog.backups.find((backup) => backup.time <= time && isOver(backup) > time.getTime());
  const orAfter = unsure && `${unsure.id} may be from before it or from after: name it to use it`;
  if (!found)
    throw nothing(
      catalog,
      [`no backup from before ${time.toISOString()}`, orAfter].filter(Boolean).join("; "),
    );
  return remarked(
    found,
    `the newest from before ${time.toISOString()} (${text})`,
    ...(orAfter === undefined ? [] : [orAfter]),
  );
}

/** When the moment is over that a backup's name tells: one called 02-00-00 may be half a second younger than that. */
const isOver = ({ time, spanMs = 1 }: Backup): number => time.getTime() + spanMs;

function readTime(text: string): Date {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/.exec(
    text.trim(),
  );
  const time = parts ? new Date(`${parts[1]}T${parts[2] ?? "00:00"}${parts[3] ?? ""}`) : undefined;
  if (time && !Number.isNaN(time.getTime())) return time;
  throw usageError(
    `"${text}" is not a time`,
    'write it as "before:2026-11-20 02:00" or before:2026-11-20T02:00:00Z',
  );
}

function named(catalog: Catalog, choice: string): Backup | undefined {
  const { backups, cwd } = catalog;
  const exact = backups.find((backup) => backup.id === choice);
  if (exact) return exact;
  const path = resolve(cwd, choice);
  const byPath = backups.find((backup) => backup.path === path);
  if (byPath) return byPath;
  const byName = backups.filter((backup) => basename(backup.path) === choice);
  if (byName.length < 2) return byName[0];
  throw usageError(
    `${counted(byName.length, "backup")} are named ${choice}`,
    `say which: ${byName.map((backup) => backup.id).join(", ")}`,
  );
}

/** A path the patterns do not match. */
async function outside(catalog: Catalog, choice: string): Promise<Backup | undefined> {
  const path = isAbsolute(choice) ? choice : resolve(catalog.cwd, choice);
  const measured = await measure(path, catalog.kind);
  if (typeof measured === "string") {
    if (!choice.includes("/")) return undefined;
    const what = `${choice} cannot be used as a backup: ${measured}`;
    if (await isThere(path)) throw new LifeboatError(EXIT.preflight, { what, next: listHint(catalog) });
    throw usageError(what, `did you mean ${nearestTo(catalog, choice)}? ${listHint(catalog)}`);
  }
  const fileTime = "outside the catalog: its time is when the file was last changed, not when it was taken";
  return {
    id: basename(path),
    store: catalog.store,
    path,
    tier: undefined,
    time: new Date(measured.modifiedMs),
    fileTime,
    ...measured,
    manifest: await ifThere(`${path}.manifest.json`),
    sidecar: await ifThere(`${path}.sha256`),
    remarks: [fileTime],
  };
}

/** Something bears the name, be it a link that leads nowhere. */
async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function ifThere(path: string): Promise<string | undefined> {
  return access(path).then(
    () => path,
    () => undefined,
  );
}

function unknown(catalog: Catalog, choice: string): never {
  if (catalog.backups.length === 0) throw nothing(catalog, `no backup named ${choice}`);
  throw usageError(
    `unknown backup "${choice}" of store ${catalog.store}`,
    `did you mean ${nearestTo(catalog, choice)}? ${listHint(catalog)}`,
  );
}

const nearestTo = ({ backups }: Catalog, choice: string): string =>
  closest(choice, ["latest", ...backups.map((backup) => backup.id)]);

const listHint = ({ store }: Catalog): string => `see what there is: lifeboat backups <system> ${store}`;

function nothing(catalog: Catalog, what: string): LifeboatError {
  const { store, cwd, patterns, skipped, backups } = catalog;
  const where = patterns.length === 0 ? "nowhere: the store has no backup pattern" : patterns.join(", ");
  const unread = skipped.slice(0, 5).map((skip) => `${skip.path}: ${skip.why}`);
  const found = backups.map((backup) => `${backup.id} is of ${backup.time.toISOString()}`).slice(0, 5);
  const why = [...found, ...unread];
  return new LifeboatError(EXIT.preflight, {
    what: `store ${store}: ${what}`,
    where: `looked in ${where} (relative paths start at ${cwd})`,
    ...(why.length > 0 ? { why: why.join("; ") } : {}),
    next: "correct `backups:` of the store in system.yaml, or give a file: --backup <path>",
  });
}

const remarked = (backup: Backup, ...remarks: string[]): Backup => ({
  ...backup,
  remarks: [...backup.remarks, ...remarks],
});
