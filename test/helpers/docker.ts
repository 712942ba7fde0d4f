import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getuid } from "node:process";
import { makeBusyboxImage } from "../provision/busybox-image.ts";
import { findProgram, provisionedPath } from "../provision/programs.ts";
import { orStop } from "./or-stop.ts";
import { openSupervisor } from "./supervisor.ts";

export const DOCKER_PROGRAMS = ["dockerd", "docker", "containerd", "runc", "busybox", "zstd"];

/** Version 1 by its name; version 2 is `docker compose` where the environment of the engine is used. */
export const COMPOSE_PROGRAMS = ["docker-compose", "docker-compose-v2"];

/** What else keeps a suite from running here. */
export const noDocker = (): string | undefined =>
  getuid?.() === 0 ? undefined : "no root: dockerd cannot be started";

export interface DockerOptions {
  /** The volumes lie on a disk of their own of this size, e.g. "8m". */
  volumeDisk?: string;
}

export interface TestDocker {
  /** Everything of this engine lies in it; removed by stop(). */
  folder: string;
  /** PATH, DOCKER_HOST, and DOCKER_CONFIG with compose 2 as a plugin when it is there: for programs a test starts itself. */
  env: Record<string, string>;
  /** The image that looks into volumes. */
  image: string;
  /** docker; what it printed, without the last newline. Throws with its stderr. */
  docker(...args: string[]): Promise<string>;
  /** Another program of this engine's users, e.g. compose; what it printed. Throws with its stderr. */
  run(argv: readonly string[], more?: Record<string, string>): Promise<string>;
  /** Runs a script in a container with the volume at /volume, writable; what it printed. */
  inside(volume: string, script: string): Promise<string>;
  /** A container that uses the volume until it is stopped. */
  consumer(name: string, volume: string, ...more: string[]): Promise<void>;
  /** Where a volume's files lie on this machine. */
  pathOf(volume: string): string;
  /** Ends the engine at once; its volumes stay. Its containers live on until it is started again. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Ends the engine with all its containers and removes all it had. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

/** Containers by force, by an engine started for that if need be, then the engine, then what is mounted below the folder. */
const END = `
docker="docker -H unix://$folder/docker.sock"
[ -n "$server" ] || {
  rm -f "$folder/docker.pid"; start "$@"
  for i in 1 2 3 4 5 6 7 8 9; do $docker version >/dev/null 2>&1 && break; sleep 0.2; done
}
ids=$($docker ps -aq 2>/dev/null); [ -z "$ids" ] || $docker rm -f $ids >/dev/null 2>&1
halt TERM
awk -v f="$folder/" 'index($2, f) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l
`;

/** No network at all, and few words. */
const QUIET = [
  "--bridge=none",
  "--iptables=false",
  "--ip6tables=false",
  "--ip-forward=false",
  "--ip-masq=false",
  "--log-level=error",
  "--shutdown-timeout=2",
];

/** Ends when it is told to. Waiting costs nothing: a loop of short sleeps in twenty containers took a tenth of the machine. */
export const RUNS = "trap exit TERM; sleep 1000000 & wait";

function ran(argv: readonly string[], env: Record<string, string>): Promise<string> {
  const [program = "", ...rest] = argv;
  return new Promise((done, failed) => {
    execFile(program, rest, { env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error) failed(new Error(`${argv.join(" ")}: ${stderr.trim() || error.message}`));
      else done(stdout.replace(/\n$/, ""));
    });
  });
}

/** The settings of the docker client, nobody's but the test's: `docker compose` is the provisioned one or none. */
async function dockerConfig(folder: string): Promise<string> {
  const [config, compose] = [join(folder, "client"), findProgram("docker-compose-v2")];
  await mkdir(join(config, "cli-plugins"), { recursive: true });
  if (compose !== undefined) await symlink(compose, join(config, "cli-plugins", "docker-compose"));
  return config;
}

/** A docker engine of a test's own, without any network. */
export async function startDocker({ volumeDisk }: DockerOptions = {}): Promise<TestDocker> {
  const folder = await mkdtemp("/tmp/lifeboat-docker-");
  const host = `unix://${join(folder, "docker.sock")}`;
  const config = await dockerConfig(folder);
  const env = { PATH: provisionedPath(), HOME: folder, DOCKER_HOST: host, DOCKER_CONFIG: config };
  await writeFile(join(folder, "daemon.json"), "{}");
  const paths = {
    "data-root": "data",
    "exec-root": "exec",
    pidfile: "docker.pid",
    "config-file": "daemon.json",
  };
  const argv = [findProgram("dockerd") ?? "dockerd", `--host=${host}`, ...QUIET].concat(
    Object.entries(paths).map(([flag, name]) => `--${flag}=${join(folder, name)}`),
  );
  const docker = (...args: string[]): Promise<string> => ran(["docker", ...args], env);
  const supervisor = openSupervisor(folder, {
    argv,
    env,
    isReady: async () => (await docker("info", "--format", "{{.ID}}")) !== "",
    gaveUp: /failed to start daemon|unable to configure/,
    end: END,
  });
  const start = async (): Promise<void> => {
    await rm(join(folder, "docker.pid"), { force: true });
    await supervisor.start();
  };
  let image = "";
  await orStop(supervisor, async () => {
    await start();
    // Only now: the engine mounts its data folder over itself. Unmounted with everything else below the folder.
    const volumes = join(folder, "data", "volumes");
    if (volumeDisk !== undefined)
      await ran(["mount", "-t", "tmpfs", "-o", `size=${volumeDisk}`, "tmpfs", volumes], env);
    image = await makeBusyboxImage(env);
  });
  const run = ["run", "--network", "none", "--log-driver", "none"];
  return {
    folder,
    env,
    image,
    docker,
    run: (program, more = {}) => ran(program, { ...env, ...more }),
    inside: (volume, script) =>
      docker(...run, "--rm", "-v", `${volume}:/volume`, "-w", "/volume", image, "sh", "-c", script),
    consumer: async (name, volume, ...more) => {
      await docker(...run, "-d", "--name", name, "-v", `${volume}:/volume`, ...more, image, "sh", "-c", RUNS);
    },
    pathOf: (volume) => join(folder, "data", "volumes", volume, "_data"),
    halt: () => supervisor.halt("TERM"),
    start,
    stop: supervisor.stop,
  };
}
