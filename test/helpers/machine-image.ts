/**
 * The image of the machine's own programs: no registry is asked, and yet PostgreSQL, Redis, InfluxDB, ClickHouse, MinIO,
 * FerretDB and node run in containers, with the data, users and environment that their official images give them. It is
 * nothing but an /etc, some folders and `serve`; the programs come from the machine by machineMounts(), without which no
 * container of it starts.
 */
import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../provision/cache.ts";
import { findProgram, provisionedPath } from "../provision/programs.ts";

export const MACHINE_IMAGE = "lifeboat-test/machine";

/** What its servers and their clients are, beside those that the engine needs. */
export const MACHINE_PROGRAMS =
  "initdb psql setpriv redis-server redis-cli influxd influx clickhouse-server clickhouse-client minio mc ferretdb mongosh".split(
    " ",
  );

/** What `-v` or `volumes:` needs, read-only: the machine's programs, those of the provision cache, this Node. */
export const machineMounts = (): string[] => [
  "/usr:/usr:ro",
  `${cacheFolder()}:/opt/provisioned:ro`,
  `${dirname(process.execPath)}:/opt/node:ro`,
];

/** To PostgreSQL, TERM says to wait for the last client; to the others both say the same. No image can say so here. */
export const STOP_SIGNAL = "SIGINT";

/** What `docker run` and `docker create` need before MACHINE_IMAGE. */
export const machineFlags = (): string[] => [
  "--network",
  "host",
  "--stop-signal",
  STOP_SIGNAL,
  ...machineMounts().flatMap((mount) => ["-v", mount]),
];

const run = promisify(execFile);

/** Servers' users are the machine's: by these files a container knows them. */
const ETC = [
  "passwd",
  "group",
  "ld.so.cache",
  "nsswitch.conf",
  "localtime",
  "alternatives",
  "services",
  "protocols",
];

/** Mode and owner of the folders: a new volume takes them from what the image has at its place. */
const FOLDERS: readonly (readonly [path: string, mode: number, user?: string])[] = [
  ["tmp", 0o1777],
  ["var/tmp", 0o1777],
  ["root", 0o700],
  ["home", 0o755],
  ["run", 0o755],
  ["var/log", 0o755],
  ["backups", 0o755],
  ["data", 0o755, "redis"],
  ["var/lib/influxdb", 0o755],
  ["var/lib/clickhouse", 0o755, "clickhouse"],
  ["var/lib/postgresql/data", 0o700, "postgres"],
];

const PATH = "/opt/provisioned/bin:/opt/node:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Makes the image unless the daemon has it; gives its name. `env` says which daemon, e.g. that of a test's engine. */
export async function makeMachineImage(env: Readonly<Record<string, string>> = {}): Promise<string> {
  const options = { env: { ...process.env, PATH: provisionedPath(), ...env } };
  const there = await run("docker", ["image", "ls", "-q", MACHINE_IMAGE], options);
  if (there.stdout.trim() !== "") return MACHINE_IMAGE;
  const folder = await mkdtemp(join(tmpdir(), "lifeboat-image-"));
  try {
    const root = join(folder, "root");
    await fillRoot(root);
    const archive = join(folder, "image.tar");
    await run(
      "tar",
      ["-C", root, "--numeric-owner", "--mtime=@0", "--sort=name", "-cf", archive, "."],
      options,
    );
    const changes = [`ENV PATH=${await postgresFolder()}:${PATH}`, "WORKDIR /", 'CMD ["sh"]'];
    const flags = changes.flatMap((change) => ["--change", change]);
    await run("docker", ["import", ...flags, archive, MACHINE_IMAGE], options);
  } finally {
    await rm(folder, { recursive: true });
  }
  return MACHINE_IMAGE;
}

async function fillRoot(root: string): Promise<void> {
  const passwd = await readFile("/etc/passwd", "utf8");
  for (const [path, mode, user] of FOLDERS) {
    await mkdir(join(root, path), { recursive: true });
    await chmod(join(root, path), mode);
    if (user !== undefined && passwd.includes(`\n${user}:`))
      await run("chown", [`${user}:`, join(root, path)]);
  }
  for (const name of ["bin", "sbin", "lib", "lib64"]) await symlink(join("usr", name), join(root, name));
  await symlink("../run", join(root, "var/run"));
  for (const name of ["usr", "opt/provisioned", "opt/node", "proc", "sys", "dev"])
    await mkdir(join(root, name), { recursive: true });
  for (const name of ETC)
    await cp(join("/etc", name), join(root, "etc", name), { recursive: true, verbatimSymlinks: true });
  await cp(join(import.meta.dirname, "serve"), join(root, "serve"), { recursive: true });
}

/** Before Debian's wrappers on PATH, as in the official image. */
async function postgresFolder(): Promise<string> {
  const initdb = findProgram("initdb");
  if (initdb === undefined) throw new Error("no initdb on this machine: npm run provision -- postgres");
  return dirname(await realpath(initdb));
}

if (import.meta.main) console.log(await makeMachineImage());
