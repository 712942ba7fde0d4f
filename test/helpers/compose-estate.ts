import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { COMPOSE_PROGRAMS, DOCKER_PROGRAMS, startDocker, type TestDocker } from "./docker.ts";
import {
  machineMounts,
  makeMachineImage,
  MACHINE_IMAGE,
  MACHINE_PROGRAMS,
  STOP_SIGNAL,
} from "./machine-image.ts";
import { orStop } from "./or-stop.ts";

/** Everything an estate may need. */
export const ESTATE_PROGRAMS = [...new Set([...DOCKER_PROGRAMS, ...COMPOSE_PROGRAMS, ...MACHINE_PROGRAMS])];

/** As in a compose file; `${NAME}` is filled in by compose, a dollar is `$$`. */
export interface Service {
  container_name?: string;
  command: string[];
  /** Those without a slash at the start are named volumes of the project. */
  volumes?: string[];
  environment?: Record<string, string>;
  /** Runs in the container; exit 0 is healthy. */
  healthcheck?: string[];
  /** It starts when these are healthy, or running where they have no health check. */
  depends_on?: string[];
}

export interface EstateOptions {
  services: Readonly<Record<string, Service>>;
  /** default: the name of the folder, as compose does it: estate. */
  project?: string;
  /** Where the compose file lies in the estate's folder; default docker-compose.yml. */
  file?: string;
  /** A dotenv file beside it, for `${NAME}`. */
  dotenv?: Readonly<Record<string, string>>;
  /** default: docker compose, version 2. */
  program?: "docker compose" | "docker-compose";
}

export interface ComposeEstate {
  engine: TestDocker;
  /** The users' project folder: the compose file and `.env` lie in it; ends with the engine. */
  folder: string;
  file: string;
  project: string;
  /** Which engine, which compose: for Lifeboat and whatever else a test starts. */
  env: Record<string, string>;
  /** What compose printed on stdout. Throws with its stderr. */
  compose(...words: string[]): Promise<string>;
  /** Brings services up (all without any) and waits until they are healthy; a failure says their last words. */
  up(...services: string[]): Promise<void>;
  /** Removes all containers and the network, with "volumes" these too. */
  down(volumes?: "volumes"): Promise<void>;
  /** The disaster: containers and named volumes of these services (all without any) are gone, without a word to them. */
  lose(...services: string[]): Promise<void>;
  /** running, exited … and the health, e.g. "running healthy"; "gone" where there is none. */
  stateOf(service: string): Promise<string>;
  /** In the container of a service, as docker exec does it; with standard input when that is given. */
  exec(service: string, argv: readonly string[], input?: string): Promise<string>;
  logs(...services: string[]): Promise<string>;
  /** Ends everything. Happens by itself when the test process dies. */
  stop(): Promise<void>;
}

/** A compose project of the machine's own servers in an engine of the test's own. Nothing of it is up yet. */
export async function startComposeEstate(options: EstateOptions): Promise<ComposeEstate> {
  const engine = await startDocker();
  const folder = join(engine.folder, "estate");
  const file = join(folder, options.file ?? "docker-compose.yml");
  const { services, project = "estate", program = "docker compose" } = options;
  const { env } = engine;
  await orStop(engine, async () => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, composeFile(services));
    const lines = Object.entries(options.dotenv ?? {}).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(dirname(file), ".env"), lines.join(""));
    await makeMachineImage(env);
  });
  const compose = (...words: string[]): Promise<string> =>
    ran([...program.split(" "), "-f", file, "-p", project, ...words], { env, cwd: dirname(file) });
  const names = (some: readonly string[]): readonly string[] =>
    some.length > 0 ? some : Object.keys(services);
  // By docker: both composes label alike, and version 1 takes half a second to say it.
  const idOf = (service: string): Promise<string> => {
    const labels = [`project=${project}`, `service=${service}`, "oneoff=False"];
    const filters = labels.flatMap((label) => ["--filter", `label=com.docker.compose.${label}`]);
    return engine.docker("ps", "-a", "-q", "--no-trunc", ...filters);
  };
  const stateOf = async (service: string): Promise<string> => {
    const id = await idOf(service);
    if (id === "") return "gone";
    const format = "{{.State.Status}}{{if .State.Health}} {{.State.Health.Status}}{{end}}";
    return engine.docker("inspect", "-f", format, id);
  };
  const logs: ComposeEstate["logs"] = (...some) => compose("logs", "--no-color", "--tail=40", ...some);
  return {
    engine,
    folder,
    file,
    project,
    env,
    compose,
    stateOf,
    logs,
    up: async (...some) => {
      try {
        await compose("up", "-d", "--no-build", ...some);
        for (const service of names(some)) await untilHealthy(service, stateOf);
      } catch (error) {
        throw new Error(`${String(error)}\n${await logs(...some)}`, { cause: error });
      }
    },
    down: async (volumes) => void (await compose("down", ...(volumes === undefined ? [] : ["-v"]))),
    lose: async (...some) => {
      for (const service of names(some)) {
        const id = await idOf(service);
        if (id !== "") await engine.docker("rm", "-f", id);
      }
      const volumes = names(some).flatMap((service) => namedVolumes(services[service]));
      const there = (await engine.docker("volume", "ls", "-q")).split("\n");
      for (const volume of new Set(volumes.map((name) => `${project}_${name}`)))
        if (there.includes(volume)) await engine.docker("volume", "rm", volume);
    },
    exec: async (service, argv, input) =>
      ran(["docker", "exec", "-i", await idOf(service), ...argv], { env }, input ?? ""),
    stop: engine.stop,
  };
}

const namedVolumes = (service: Service | undefined): string[] =>
  (service?.volumes ?? [])
    .map((volume) => volume.split(":")[0] ?? "")
    .filter((name) => !name.startsWith("/") && !name.startsWith("."));

/** What both composes read: no version, depends_on with a condition. */
function composeFile(services: Readonly<Record<string, Service>>): string {
  const condition = (other: string): string =>
    services[other]?.healthcheck === undefined ? "service_started" : "service_healthy";
  const all = Object.entries(services).map(([name, service]) => {
    const { healthcheck, depends_on = [], volumes = [], ...rest } = service;
    return [
      name,
      {
        image: MACHINE_IMAGE,
        network_mode: "host",
        stop_signal: STOP_SIGNAL,
        ...rest,
        volumes: [...volumes, ...machineMounts()],
        ...(healthcheck === undefined
          ? {}
          : { healthcheck: { test: ["CMD", ...healthcheck], interval: "2s", timeout: "10s", retries: 60 } }),
        ...(depends_on.length === 0
          ? {}
          : {
              depends_on: Object.fromEntries(
                depends_on.map((other) => [other, { condition: condition(other) }]),
              ),
            }),
      },
    ];
  });
  const volumes = Object.values(services).flatMap(namedVolumes);
  const whole = {
    services: Object.fromEntries(all),
    volumes: Object.fromEntries(volumes.map((name) => [name, {}])),
  };
  // Version 1 reads YAML 1.1, where a bare yes is true.
  return stringify(whole, { version: "1.1" });
}

async function untilHealthy(service: string, stateOf: (service: string) => Promise<string>): Promise<void> {
  const deadline = performance.now() + 240_000;
  for (;;) {
    const state = await stateOf(service);
    if (state === "running" || state === "running healthy") return;
    if (performance.now() > deadline || /^(exited|dead|gone)|unhealthy/.test(state))
      throw new Error(`${service} does not come up: ${state}`);
    await new Promise((again) => setTimeout(again, 200));
  }
}

interface How {
  env: Record<string, string>;
  cwd?: string;
}

function ran(argv: readonly string[], how: How, input = ""): Promise<string> {
  const [program = "", ...words] = argv;
  return new Promise((done, failed) => {
    const child = execFile(program, words, { ...how, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error) failed(new Error(`${argv.join(" ")}: ${stderr.trim() || error.message}`));
      else done(stdout);
    });
    child.stdin?.on("error", () => undefined).end(input);
  });
}
