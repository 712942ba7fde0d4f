import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { RUNS, startDocker, type TestDocker } from "./docker.ts";
import { type Ran } from "./lifeboat.ts";
import { openOperator, type Operator } from "./operator.ts";

export type ComposeProgram = "docker-compose" | "docker compose";

/** An engine with a compose project, and the system `wharf` whose host `stack` it is. */
export interface ServicesEstate extends Operator {
  engine: TestDocker;
  /** The compose file. */
  file: string;
  /** compose itself, as a person types it. */
  compose(...args: string[]): Promise<string>;
  /** The containers that run, by service, sorted. */
  running(): Promise<string[]>;
  /** When each running container was started, by service. */
  startedAt(): Promise<Record<string, string>>;
  /** A runbook of these steps, run live and confirmed, or as `args` say. */
  runSteps(steps: string, args?: readonly string[], env?: Record<string, string>): Promise<Ran>;
}

const COMMAND = `["sh", "-c", "${RUNS}"]`;
const NONE = `image: lifeboat-test/busybox
    network_mode: none
    stop_grace_period: 2s`;

/** Four that run, one of them looked after, and what a bad night brings: never healthy, ending at once, not there. */
export const WHARF = `services:
  db:
    ${NONE}
    command: ${COMMAND}
    environment: { DB_PASSWORD: "\${WHARF_PASSWORD}" }
    healthcheck: { test: ["CMD", "true"], interval: 1s, retries: 2 }
  backend:
    ${NONE}
    command: ${COMMAND}
  worker:
    ${NONE}
    command: ${COMMAND}
  idle:
    ${NONE}
    command: ${COMMAND}
  sick:
    ${NONE}
    command: ${COMMAND}
    healthcheck: { test: ["CMD", "false"], interval: 1s, retries: 2 }
  brief:
    ${NONE}
    command: ["sh", "-c", "exit 3"]
    restart: "no"
  unnamed:
    ${NONE}
    command: ${COMMAND}
    volumes: [/data]
`;

const system = (program: ComposeProgram | undefined): string => `title: Wharf
environment: test
hosts:
  stack:
    kind: compose
    files: ["\${WHARF_FILE}"]
    project: wharf${program === undefined ? "" : `\n    program: ${program}`}
    env: { WHARF_PASSWORD: "\${WHARF_PASSWORD:-canary-wharf}" }
  box: { kind: docker, container: wharf-box }
stores:
  # Nothing here asks it; a system has one.
  database: { kind: postgres, database: wharf }
`;

const runbook = (steps: string): string => `title: Services\nscenario: a test\nsteps:\n${steps}`;

export async function openServicesEstate(program: ComposeProgram, isSaid = true): Promise<ServicesEstate> {
  const engine = await startDocker();
  const folder = await mkdtemp("/tmp/lifeboat-services-");
  const file = join(folder, "wharf.yml");
  const operator = await openOperator({
    folder,
    system: "wharf",
    files: { system: system(isSaid ? program : undefined) },
    backups: "WHARF_BACKUPS",
    env: { ...engine.env, HOME: folder, WHARF_FILE: file },
    end: () => engine.stop(),
  });
  await operator.write("wharf.yml", WHARF);
  const listed = async (format: string): Promise<string[][]> => {
    const lines = (
      await engine.docker("ps", "-q", "--filter", "label=com.docker.compose.project=wharf")
    ).split("\n");
    const ids = lines.filter((line) => line !== "");
    if (ids.length === 0) return [];
    const said = await engine.docker(
      "inspect",
      "--format",
      `{{index .Config.Labels "com.docker.compose.service"}} ${format}`,
      ...ids,
    );
    return said.split("\n").map((line) => line.split(" "));
  };
  return {
    ...operator,
    engine,
    file,
    compose: (...args) =>
      engine.run([...program.split(" "), "-f", file, "-p", "wharf", ...args], {
        WHARF_PASSWORD: "canary-wharf",
      }),
    running: async () => (await listed("")).map(([name = ""]) => name).toSorted(),
    startedAt: async () =>
      Object.fromEntries((await listed("{{.State.StartedAt}}")).map(([name = "", at = ""]) => [name, at])),
    runSteps: async (steps, args = ["--live", "--confirm", "stack"], env) => {
      await operator.writeRunbook("services", runbook(steps));
      return operator.lifeboat(["run", "wharf", "services", ...args], env);
    },
  };
}
