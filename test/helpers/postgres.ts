import { freePort } from "./free-port.ts";
import { expect } from "vitest";
import { chown, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "../../src/base/errors.ts";
import { createLauncher, type Launch } from "../../src/hosts/launcher.ts";
import { findServerPrograms, type ServerPrograms } from "../../src/practice/server-programs.ts";
import { serverUser, type ServerUser } from "../../src/practice/unprivileged.ts";
import { orStop } from "./or-stop.ts";
import { supervisePostgres } from "./postgres-supervisor.ts";

export interface ServerOptions {
  /** Also listens on 127.0.0.1 on a free port, with this password for `postgres` (scram). */
  password?: string;
  /** Lines for postgresql.conf, e.g. { max_connections: "8" }. */
  settings?: Record<string, string>;
  /** Goes before the server's argv and must exec it; gets the server's folder, e.g. to give it a small disk. */
  wrap?: (folder: string, user: ServerUser) => string[];
}

export interface TestServer {
  /** The folder everything of this server lies in; removed by stop(). */
  folder: string;
  dataDir: string;
  socketDir: string;
  port: number;
  programs: ServerPrograms;
  user: ServerUser;
  /** Connection URL through the socket, as superuser `postgres`. */
  url(database: string): string;
  /** Connection URL through 127.0.0.1 without the password in it; only with `password`. */
  tcpUrl(database: string): string;
  /** PATH with this server's programs first, PGHOST, PGPORT, PGUSER: for programs a test starts itself. */
  env: Record<string, string>;
  /** psql -X -Atq with ON_ERROR_STOP; what it printed, without the last newline. Throws with its stderr. */
  psql(database: string, sql: string): Promise<string>;
  createDatabase(name: string, more?: string): Promise<void>;
  /** A folder the server's user may write and read, inside `folder`. */
  folderForServer(name: string): Promise<string>;
  log(): Promise<string>;
  /** Ends the server and leaves its data; fast is an orderly shutdown, immediate is like a power cut. */
  halt(how?: "fast" | "immediate"): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Ends the server and removes all it had. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

const path = process.env["PATH"] ?? "/usr/bin:/bin";
/** Starts anything, with a bare environment. */
export const launch: Launch = createLauncher({
  env: { PATH: path, LC_ALL: "C", TZ: "UTC" },
  secret: () => undefined,
  allow: "everything",
});

const FAST = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "64MB",
  max_wal_size: "2GB",
  log_min_messages: "log",
  timezone: "'UTC'",
};

/** A PostgreSQL server of this test's own. Fails, never skips, when the server programs are missing. */
export async function startPostgres(options: ServerOptions = {}): Promise<TestServer> {
  const programs = await findOrFail();
  const user = await serverUser(launch, path);
  // Not TMPDIR: it may be closed to the server's user, or too long for a socket path.
  const folder = await mkdtemp("/tmp/lifeboat-test-");
  const made = async (name: string): Promise<string> => {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
    if (user.owner !== undefined) await chown(join(folder, name), user.owner.uid, user.owner.gid);
    return join(folder, name);
  };
  if (user.owner !== undefined) await chown(folder, user.owner.uid, user.owner.gid);
  const dataDir = join(folder, "data");
  const [socketDir, port] = [folder, options.password === undefined ? SOCKET_PORT : await freePort()];
  const supervisor = supervisePostgres(folder, [
    ...(options.wrap?.(folder, user) ?? []),
    ...user.prefix,
    programs.postgres,
    "-D",
    dataDir,
  ]);
  await orStop(supervisor, async () => {
    await initialise({ programs, user, dataDir, folder, socketDir, port }, options);
    await supervisor.start();
  });
  const env = {
    PATH: `${programs.bin}:${path}`,
    PGHOST: socketDir,
    PGPORT: String(port),
    PGUSER: "postgres",
  };
  const psql = async (database: string, sql: string): Promise<string> => {
    const argv = [programs.psql, "-X", "-Atq", "-v", "ON_ERROR_STOP=1", "-f", "-"];
    // The name goes by PGDATABASE: as an argument it may be read as a connection string.
    const ran = await launch({ argv, stdin: sql, env: { ...env, PGDATABASE: database }, secrets: {} }, ANY);
    if (ran.exit !== 0) throw new Error(`psql ${database}: ${ran.stderr.trim()}`);
    return ran.stdout.replace(/\n$/, "");
  };
  return {
    folder,
    dataDir,
    socketDir,
    port,
    programs,
    user,
    env,
    psql,
    url: (database) => socketUrl(socketDir, port, database),
    tcpUrl: (database) => `postgresql://postgres@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    createDatabase: async (name, more = "") => {
      await psql("postgres", `CREATE DATABASE "${name.replaceAll('"', '""')}" ${more}`);
    },
    folderForServer: made,
    log: supervisor.log,
    halt: (how = "fast") => supervisor.halt(how === "fast" ? "INT" : "QUIT"),
    start: supervisor.start,
    restart: async () => {
      await supervisor.halt("INT");
      await supervisor.start();
    },
    stop: supervisor.stop,
  };
}

/** Not 5432: what forgets the socket folder must not reach a server that is somebody's. */
const SOCKET_PORT = 5499;

/** Understood by libpq and by `new URL`, which refuses a user before an empty host. */
function socketUrl(folder: string, port: number, database: string): string {
  return `postgresql:///${encodeURIComponent(database)}?host=${encodeURIComponent(folder)}&port=${port}&user=postgres`;
}

const ANY = { effect: "irreversible" } as const;

async function findOrFail(): Promise<ServerPrograms> {
  try {
    return await findServerPrograms({ launch, path });
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    const { testPath } = expect.getState();
    throw new Error(
      `${testPath ?? "this suite"} needs a PostgreSQL server: ${error.facts.what}. Run: ${error.facts.next}`,
      { cause: error },
    );
  }
}

interface Place {
  programs: ServerPrograms;
  user: ServerUser;
  dataDir: string;
  folder: string;
  socketDir: string;
  port: number;
}

async function initialise(place: Place, { password, settings = {} }: ServerOptions): Promise<void> {
  const { programs, user, dataDir, folder, socketDir, port } = place;
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, `${password ?? "unused"}\n`, { mode: 0o600 });
  if (user.owner !== undefined) await chown(passwordFile, user.owner.uid, user.owner.gid);
  const flags = ["-D", dataDir, "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"];
  const auth = ["--auth-local=trust", "--auth-host=scram-sha-256", `--pwfile=${passwordFile}`];
  const argv = [...user.prefix, programs.initdb, ...flags, ...auth];
  const ran = await launch({ argv, cwd: folder, env: {}, secrets: {} }, ANY);
  if (ran.exit !== 0) throw new Error(`initdb: ${ran.stderr}`);
  const listen = password === undefined ? "''" : "'127.0.0.1'";
  const all = {
    ...FAST,
    unix_socket_directories: `'${socketDir}'`,
    listen_addresses: listen,
    port,
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}\n`);
  await writeFile(join(dataDir, "postgresql.auto.conf"), lines.join(""));
}
