import { z } from "zod";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";
import { shellLine } from "../../base/quote.ts";
import { type Hop, type HopOf, hopWords } from "../../step/hop.ts";
import { dockerWords, projectWords } from "../../step/program-words.ts";
import type { AskOnTheWay, Located } from "./located.ts";

const containerSchema = z.looseObject({
  Id: z.string(),
  State: z.looseObject({ Status: z.string(), Running: z.boolean(), Restarting: z.boolean() }),
  Config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }).optional(),
});
type Container = z.infer<typeof containerSchema>;
const inspected = z.tuple([containerSchema], containerSchema);

async function inspect(
  docker: readonly string[],
  names: readonly string[],
  outer: readonly Hop[],
  ask: AskOnTheWay,
): Promise<z.infer<typeof inspected>> {
  const argv = [...docker, "inspect", "--type", "container", ...names];
  return inspected.parse(JSON.parse(await ask({ argv, env: {}, secrets: {}, on: [...outer] })));
}

/**
 * The running container of a name, by its id: a container that is made anew under the same name is another one, and is
 * never meant by a command for this one.
 */
export async function findContainer(
  hop: HopOf<"docker">,
  outer: readonly Hop[],
  ask: AskOnTheWay,
): Promise<Located> {
  const docker = dockerWords(hop);
  const [found] = await inspect(docker, [hop.container], outer, ask);
  return runningOne(hop, docker, hop.container, found);
}

/** Throws LifeboatError for one that nothing can be run in, with what to do about it. */
function runningOne(
  hop: HopOf<"docker"> | HopOf<"compose">,
  docker: readonly string[],
  name: string,
  { Id, State }: Container,
): Located {
  const { Status } = State;
  const typed = (verb: string): string => [...docker, verb, name].join(" ");
  // To the engine a paused one runs; nothing can be run in it, and a start is refused.
  const remedy: Record<string, string> = {
    paused: `find out who paused it, then let it go on: ${typed("unpause")}`,
    restarting: `it ends again and again: look why: ${typed("logs")}`,
  };
  if (!State.Running || State.Restarting || Status === "paused")
    throw new LifeboatError(EXIT.preflight, {
      what: `${hopWords(hop)} is not running`,
      why: `the engine says: ${Status}`,
      next: remedy[Status] ?? `start it: ${typed("start")}, and look why it was stopped: ${typed("logs")}`,
    });
  return { via: "docker", docker, container: Id, user: hop.user };
}

/** Both versions of compose: whichever of them is there. */
const EITHER =
  'if docker compose version >/dev/null 2>&1; then exec docker compose "$@"; else exec docker-compose "$@"; fi';

/** The argv of compose for a project. */
export function composeWords({
  compose,
  engine,
  context,
}: Pick<HopOf<"compose">, "compose" | "engine" | "context">): string[] {
  // docker-compose knows neither --context nor --host before 1.28; both understand DOCKER_HOST and DOCKER_CONTEXT.
  const env = [
    ...(engine === undefined ? [] : [`DOCKER_HOST=${engine}`]),
    ...(context === undefined ? [] : [`DOCKER_CONTEXT=${context}`]),
  ];
  const program = compose.program?.split(" ") ?? ["sh", "-c", EITHER, "compose"];
  return [...(env.length === 0 ? [] : ["env", ...env]), ...program, ...projectWords(compose)];
}

/** As a person types it: who starts it knows which of the two is there. */
const asTyped = (hop: HopOf<"compose">): string[] =>
  composeWords({
    ...hop,
    compose: { ...hop.compose, program: hop.compose.program ?? "docker compose" },
  });

const LABEL = "com.docker.compose.";

/**
 * The container of a service: `ps -a -q` is what both versions of compose say alike, of stopped ones too. Which of several
 * it is tells its label: the first of the list may be number 2, once number 1 was removed, or one that
 * `compose run` has left.
 */
export async function findComposeContainer(
  hop: HopOf<"compose">,
  outer: readonly Hop[],
  ask: AskOnTheWay,
): Promise<Located> {
  const argv = [...composeWords(hop), "ps", "-a", "-q", hop.service];
  const text = await ask({ argv, env: {}, secrets: { ...hop.compose.secrets }, on: [...outer] });
  const ids = text.split("\n").filter((line) => /^[0-9a-f]{12,64}$/.test(line));
  const docker = dockerWords(hop);
  const listed = ids.length === 0 ? [] : await inspect(docker, ids, outer, ask);
  const all = listed.filter(({ Config }) => Config?.Labels?.[`${LABEL}oneoff`] !== "True");
  const numbers = all.map(({ Config }, at) => Number(Config?.Labels?.[`${LABEL}container-number`] ?? at + 1));
  const found = all[numbers.indexOf(hop.number)];
  if (found !== undefined) return runningOne(hop, docker, found.Id, found);
  const has =
    all.length === 0 ? "no container" : `no container number ${hop.number}, but ${numbers.join(", ")}`;
  throw new LifeboatError(EXIT.preflight, {
    what: `${hopWords(hop)} has ${has}`,
    next: `start it: ${shellLine([...asTyped(hop), "up", "-d", hop.service])}; if it runs, it was started as another project: see docker ps, and name that as project of the host`,
  });
}
