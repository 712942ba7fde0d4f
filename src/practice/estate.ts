import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inWords } from "../base/duration.ts";
import { messageOf } from "../base/errors.ts";
import { counted } from "../base/size.ts";
import type { Launch } from "../hosts/launcher.ts";
import { backupsDir, makeFolders, newRecord, startCluster } from "./cluster.ts";
import { applyDamage, type Damage, DAMAGES } from "./damage.ts";
import { claim, type EstateRecord, practiceFolder, readRecord, update } from "./estate-record.ts";
import { findServerPrograms, type ServerPrograms } from "./server-programs.ts";
import { openShop, type ShopServer, trade } from "./shop.ts";
import { held, removeEstate, sweep } from "./sweep.ts";
import { serverUser } from "./unprivileged.ts";

export interface PracticeOptions {
  /** LIFEBOAT_HOME. */
  home: string;
  /** The operator's PATH: where the server programs are looked for first. */
  path: string;
  launch: Launch;
  /** `lifeboat backup` of the shop: its tier, the time its name gives, and the variables of practice.env. */
  takeBackup: (tier: string, time: Date, env: Record<string, string>) => Promise<void>;
  onLine: (line: string) => void;
  now: () => Date;
  /** Stops the preparation; what was made so far is removed. */
  signal?: AbortSignal;
}

/** A running throwaway server with the shop and two backups of it. */
export interface PracticeEstate {
  /** PRACTICE_URL, PRACTICE_BACKUPS, PRACTICE_BIN: also in `<home>/practice/practice.env`. */
  env: Record<string, string>;
  folder: string;
  programs: ServerPrograms;
  damages: readonly Damage[];
  damage(id: string, onLine: (line: string) => void): Promise<void>;
  /** Leaves the estate running when Lifeboat ends; the next practice replaces it. */
  keep(): void;
  /** Ends the server and removes everything. Safe to call twice. */
  remove(onLine?: (line: string) => void): Promise<void>;
}

const DAY = 24 * 3_600_000;
/** The newest backup is this old, so that the practice shows a window of lost writes. */
const BACKUP_AGE = 3 * 3_600_000;

/**
 * Sweeps, then builds the estate. Throws exit 11 without server programs, exit 31 when another practice runs; after
 * any failure nothing is left behind.
 */
export async function preparePractice(options: PracticeOptions): Promise<PracticeEstate> {
  const { home, path, launch, onLine, now } = options;
  await sweep(home, launch, onLine, true);
  const programs = await findServerPrograms({ launch, path });
  const user = await serverUser(launch, path);
  onLine(`PostgreSQL ${programs.version} in ${programs.bin}`);
  const record = newRecord(home, user, now());
  claimOrSay(home, record);
  const remove = (say: (line: string) => void = onLine): Promise<void> =>
    removeEstate(home, record, launch, say);
  try {
    makeFolders(record, user);
    update(home, await startCluster(launch, programs, user, record, options.signal));
    onLine(`server started, reached through ${record.socketDir} only`);
    const server = { psql: programs.psql, socketDir: record.socketDir, port: record.port };
    const env = writeEnv(home, record, programs);
    await fill(options, server, env);
    const target = { ...server, backups: backupsDir(record) };
    return {
      env,
      folder: record.folder,
      programs,
      damages: DAMAGES,
      damage: (id, say) => applyDamage(id, target, launch, say),
      keep: () => keep(home, record),
      remove,
    };
  } catch (error) {
    await remove().catch((second: unknown) => onLine(`not removed: ${messageOf(second)}`));
    throw error;
  }
}

function claimOrSay(home: string, record: EstateRecord): void {
  if (claim(home, record)) return;
  const other = readRecord(home);
  throw held(other === undefined || other === "unreadable" ? record : other);
}

function keep(home: string, record: EstateRecord): void {
  const found = readRecord(home);
  if (found !== undefined && found !== "unreadable" && found.id === record.id)
    update(home, { ...found, kept: true });
}

/** Yesterday's backup, a day of trade, today's backup, and a little trade that no backup has. */
async function fill(
  options: PracticeOptions,
  server: ShopServer,
  env: Record<string, string>,
): Promise<void> {
  const { launch, onLine, signal, takeBackup } = options;
  const now = options.now();
  const newest = new Date(now.getTime() - BACKUP_AGE);
  const older = new Date(newest.getTime() - DAY);
  const started = performance.now();
  const { rows, tables } = await openShop(launch, server, older, signal);
  onLine(`shop: ${counted(rows, "row")} in ${tables} tables, ${inWords(performance.now() - started)}`);
  await takeBackup("daily", older, env);
  await trade(launch, server, { orders: 180, from: older, to: newest }, signal);
  await takeBackup("daily", newest, env);
  await trade(launch, server, { orders: 24, from: newest, to: now }, signal);
  onLine("two backups taken, a day apart; 24 orders since the newest");
}

function writeEnv(home: string, record: EstateRecord, programs: ServerPrograms): Record<string, string> {
  // A user before an empty host is refused by URL parsers, so it goes among the parameters; libpq takes both.
  const reach = `host=${encodeURIComponent(record.socketDir)}&port=${record.port}&user=postgres`;
  const env = {
    PRACTICE_URL: `postgresql:///shop?${reach}`,
    PRACTICE_BACKUPS: backupsDir(record),
    PRACTICE_BIN: programs.bin,
  };
  const file = join(practiceFolder(home), "practice.env");
  const lines = Object.entries(env).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  chmodSync(file, 0o600);
  return env;
}
