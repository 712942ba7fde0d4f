import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLauncher } from "../../src/hosts/launcher.ts";
import { findServerPrograms } from "../../src/practice/server-programs.ts";
import { serverUser } from "../../src/practice/unprivileged.ts";

export interface BenchServer {
  folder: string;
  env: Record<string, string>;
  url: (database: string) => string;
  stop: () => void;
}

const PORT = "5498";

/** A PostgreSQL server with its default settings, fsync on: figures from one without would be of no use. */
export async function startBenchServer(): Promise<BenchServer> {
  const path = process.env["PATH"] ?? "";
  const launch = createLauncher({ env: { PATH: path }, secret: () => undefined, allow: "everything" });
  const { bin } = await findServerPrograms({ launch, path });
  const user = await serverUser(launch, path);
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-bench-"));
  chmodSync(folder, 0o755);
  const socket = join(folder, "s");
  const run = (argv: string[]): void => {
    const [program = "", ...rest] = [...user.prefix, ...argv];
    execFileSync(program, rest, { stdio: ["ignore", "ignore", "inherit"], cwd: "/" });
  };
  execFileSync("mkdir", ["-p", socket, join(folder, "d")]);
  if (user.owner) execFileSync("chown", [`${user.owner.uid}:${user.owner.gid}`, socket, join(folder, "d")]);
  run([
    join(bin, "initdb"),
    "-D",
    join(folder, "d"),
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--locale=C",
  ]);
  const options = `-k ${socket} -p ${PORT} -c listen_addresses=''`;
  run([
    join(bin, "pg_ctl"),
    "-D",
    join(folder, "d"),
    "-l",
    join(folder, "d", "log"),
    "-o",
    options,
    "-w",
    "start",
  ]);
  return {
    folder,
    env: { PATH: `${bin}:${path}`, PGHOST: socket, PGPORT: PORT, PGUSER: "postgres", HOME: folder },
    url: (database) =>
      `postgresql:///${database}?host=${encodeURIComponent(socket)}&port=${PORT}&user=postgres`,
    stop: () => {
      run([join(bin, "pg_ctl"), "-D", join(folder, "d"), "-m", "immediate", "stop"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
