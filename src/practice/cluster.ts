import { randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { pid as ourPid } from "node:process";
import type { Launch } from "../hosts/launcher.ts";
import { type EstateRecord, practiceFolder } from "./estate-record.ts";
import { command, must } from "./must.ts";
import { processStart } from "../base/processes.ts";
import type { ServerPrograms } from "./server-programs.ts";
import { sharedTmp } from "./shared-tmp.ts";
import type { ServerUser } from "./unprivileged.ts";

/** Says what a folder is, so that nothing else is ever removed. It holds the estate's id. */
export const MARKER = "this-is-a-lifeboat-practice";
export const FOLDER_NAME = /^lifeboat-practice-[0-9a-f]{8}$/;
/** Not 5432: what forgets the socket folder must not reach a server that is somebody's. */
const PORT = 5499;
/** PostgreSQL refuses a socket path of about 100 bytes and more; this leaves room for `/.s.PGSQL.5499.lock`. */
const LONGEST_FOLDER = 75;

export const dataDir = (record: { folder: string }): string => join(record.folder, "data");
export const backupsDir = (record: { folder: string }): string => join(record.folder, "backups");

/**
 * Where a new estate will lie. Nothing is made yet: the record is written first, so that a Lifeboat that is killed in
 * between leaves nothing unknown. Root's server user cannot enter root's home, so root takes the folder for temporary files.
 */
export function newRecord(home: string, user: ServerUser, now: Date): EstateRecord {
  const id = randomBytes(4).toString("hex");
  const name = `lifeboat-practice-${id}`;
  const parent = user.owner === undefined ? practiceFolder(home) : sharedTmp();
  const folder = join(parent, name);
  const socketDir = Buffer.byteLength(join(folder, "socket")) <= LONGEST_FOLDER ? join(folder, "socket") : "";
  return {
    id,
    folder,
    socketDir: socketDir === "" ? join(sharedTmp(["/tmp", "/var/tmp"]), name) : socketDir,
    port: PORT,
    createdAt: now.toISOString(),
    machine: hostname(),
    lifeboatPid: ourPid,
    lifeboatStarted: processStart(ourPid),
    kept: false,
  };
}

/** Makes the folders: only the server's user enters data and sockets, only we enter the backups. */
export function makeFolders(record: EstateRecord, user: ServerUser): void {
  mkdirSync(record.folder, { mode: 0o700 });
  writeFileSync(join(record.folder, MARKER), `${record.id}\n`, { mode: 0o600 });
  mkdirSync(backupsDir(record), { mode: 0o700 });
  // The server's user passes through the top folder without being able to list it.
  if (user.owner !== undefined) chmodSync(record.folder, 0o711);
  for (const folder of [dataDir(record), record.socketDir, join(record.folder, "log")]) {
    mkdirSync(folder, { mode: 0o700 });
    if (user.owner !== undefined) chownSync(folder, user.owner.uid, user.owner.gid);
  }
  if (!record.socketDir.startsWith(record.folder))
    writeFileSync(join(record.socketDir, MARKER), `${record.id}\n`, { mode: 0o600 });
}

const SETTINGS = (record: EstateRecord): string => `
# Lifeboat's practice: reached through this socket only, never over the network.
listen_addresses = ''
unix_socket_directories = '${record.socketDir.replaceAll("'", "''")}'
port = ${record.port}
shared_buffers = 64MB
max_wal_size = 512MB
timezone = 'UTC'
`;

/** A fresh cluster in the folders of the record. Superuser `postgres`, trusted through the socket. */
export async function startCluster(
  launch: Launch,
  programs: ServerPrograms,
  user: ServerUser,
  record: EstateRecord,
  signal?: AbortSignal,
): Promise<EstateRecord> {
  const data = dataDir(record);
  const log = join(record.folder, "log", "server.log");
  const flags = ["-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "-A", "trust", "--no-sync"];
  const initdb = command([...user.prefix, programs.initdb, ...flags], { cwd: "/" });
  await must(launch, "making the practice cluster", initdb, signal);
  appendFileSync(join(data, "postgresql.conf"), SETTINGS(record));
  // With -l the server's own output goes to the log: it must not hold the pipes of the launcher open.
  const start = [programs.pg_ctl, "start", "-D", data, "-l", log, "-w", "-t", "60", "-s"];
  await must(
    launch,
    `starting the practice server (log: ${log})`,
    command([...user.prefix, ...start], { cwd: "/" }),
    signal,
  );
  const [pid, , serverStarted = ""] = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  return { ...record, pid: Number(pid), serverStarted };
}
