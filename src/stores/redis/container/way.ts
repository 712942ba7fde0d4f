import { shellLine, shellWord } from "../../../base/quote.ts";
import type { Place } from "../../../runbook/place.ts";
import type { RedisConnection } from "../../../runbook/store-kinds/redis-connection.ts";
import type { Command } from "../../../step/command.ts";
import type { Hop, HopOf } from "../../../step/hop.ts";
import { dockerWords, projectWords } from "../../../step/program-words.ts";
import { cliArgv, cliSecrets } from "../client.ts";

/** How a server that is a container's own process is reached: by the engine that holds it. */
export interface ContainerWay {
  connection: RedisConnection;
  hop: HopOf<"docker"> | HopOf<"compose">;
  /** The way to where docker is run. */
  outer: readonly Hop[];
  /** Its full id, once it was asked: a container made anew under the same name is another one. */
  id: string | undefined;
  /** For people: "container vizora-redis on deploy@db1". */
  words: string;
  /** The run's, or whatever else it is for: part of the names of helper containers. */
  tag: string;
  /** Label of helper containers. */
  run: string;
}

const isContainer = (hop: Hop | undefined): hop is ContainerWay["hop"] =>
  hop?.via === "docker" || hop?.via === "compose";

/** The container a place is; undefined for any other place. */
export const containerOf = (place: Place | undefined): ContainerWay["hop"] | undefined => {
  const hop = place?.hops?.at(-1);
  return isContainer(hop) ? hop : undefined;
};

/** The way to the server's container; undefined for a server of another place. */
export function wayOf(
  { place }: { place?: Place | undefined },
  connection: RedisConnection,
  facts: { container?: { id: string } | undefined } | undefined,
  run: { id: string; tag: string },
): ContainerWay | undefined {
  const hop = containerOf(place);
  if (place === undefined || hop === undefined) return undefined;
  const { words, outer } = place;
  return { connection, hop, outer, id: facts?.container?.id, words, tag: run.tag, run: run.id };
}

/** The label that everything made by Lifeboat carries, so that it is found again when Lifeboat is gone. */
export const RUN_LABEL = "lifeboat.run";

/** Whichever of the two versions is there. Version 2 leaves stopped containers out of `ps` unless it is asked for all. */
const COMPOSE: Record<string, string> = {
  "docker compose": 'docker compose "$@"',
  "docker-compose": 'docker-compose "$@"',
  either: 'if docker compose version >/dev/null 2>&1; then docker compose "$@"; else docker-compose "$@"; fi',
};

const label = (name: string): string => `{{index .Config.Labels "com.docker.compose.${name}"}}`;

/** Lines that set `id`. */
function idLines({ hop, id }: ContainerWay): string {
  if (id !== undefined) return `id=${id}`;
  if (hop.via === "docker") return `id=${shellWord(hop.container)}`;
  const { compose, service, number } = hop;
  const said = shellWord(`compose service ${service} has no container number ${number}`);
  return `compose() { ${COMPOSE[compose.program ?? "either"]}; }
all=; compose version 2>/dev/null | grep -q 'v[2-9]' && all=-a
ids=$(compose ${shellLine(projectWords(compose))} ps $all -q ${shellWord(service)}) || exit 1
id=$(for one in $ids; do docker inspect --format ${shellWord(`{{.Id}} ${label("container-number")} ${label("oneoff")}`)} "$one"; done | sed -n 's/ ${number} False$//p' | head -n 1)
[ -n "$id" ] || { echo ${said} >&2; exit 1; }`;
}

/** compose knows neither option in all its versions; both read these. */
function engineEnv({ hop: { engine, context } }: ContainerWay): Record<string, string> {
  return {
    ...(engine === undefined ? {} : { DOCKER_HOST: engine }),
    ...(context === undefined ? {} : { DOCKER_CONTEXT: context }),
  };
}

/** What is needed while the id is not known. */
const composeSecrets = ({ hop, id }: ContainerWay): Record<string, string> =>
  hop.via === "compose" && id === undefined ? hop.compose.secrets : {};

/** docker with some words, where docker is run. */
export function dockerCommand(way: ContainerWay, words: readonly string[]): Command {
  return { argv: [...dockerWords(way.hop), ...words], env: {}, secrets: {}, ...onOuter(way) };
}

/** Where docker is run. */
export const onOuter = ({ outer }: ContainerWay): Pick<Command, "on"> =>
  outer.length === 0 ? {} : { on: [...outer] };

/** The name of a helper container of this run. */
export const helperName = ({ tag }: ContainerWay, what: "copy" | "files"): string =>
  `lifeboat-${what}-${tag}`;

/** How docker runs whatever helps: it is told apart, sees no network and leaves no log. */
const helperWords = ({ run }: ContainerWay): string =>
  shellLine(["--label", `${RUN_LABEL}=${run}`, "--network", "none", "--log-driver", "none", "--user", "0:0"]);

const exec = (way: ContainerWay): string =>
  `docker exec${user(way)}${way.connection.secretKey === undefined ? "" : " -e REDISCLI_AUTH"} "$id"`;

const helper = (way: ContainerWay, volumes: string, more = ""): string =>
  `docker run --rm -i${more} ${helperWords(way)} --volumes-from "${volumes}" --entrypoint sh "$(image)" -c "$1"`;

/** What a script may say; each uses only those above it. */
function functionsOf(way: ContainerWay): [name: string, text: string][] {
  const files = helperName(way, "files");
  return [
    ["fail", `{ printf '%s\\n' "$*" >&2; exit 1; }`],
    ["state", `{ docker inspect --format '{{.State.Status}}' "$id"; }`],
    ["life", `{ docker inspect --format '{{.State.Status}} {{.State.StartedAt}}' "$id"; }`],
    ["sameLife", `{ for wait in 0 0.2 0.5; do sleep $wait; [ "$(life)" = "$before" ] || return 1; done; }`],
    ["image", `{ docker inspect --format '{{.Image}}' "$id"; }`],
    ["inside", `{ ${exec(way)} sh -c "$1"; }`],
    ["live", `{ ${exec(way)} ${shellLine(cliArgv(way.connection))} "$@"; }`],
    [
      "gone",
      `{ for wait in 0 0.2 0.5 1 2; do sleep $wait; docker rm -f "$1" >/dev/null 2>&1; [ -n "$(docker ps -aq --filter "name=^/$1$")" ] || break; done; }`,
    ],
    ["look", `{ ${helper(way, "$id:ro")}; }`],
    ["door", `{ gone ${files}; ${helper(way, "$id", ` --name ${files}`)}; }`],
  ];
}

/** Those that a script needs, and no others: it is read by people. */
function neededBy(script: string, way: ContainerWay): string {
  let text = script;
  for (const [name, body] of functionsOf(way).toReversed())
    if (new RegExp(`\\b${name}\\b`).test(text)) text = `${name}() ${body}\n${text}`;
  return text;
}

/**
 * A script where docker is run, which may say:
 * - `live …`: redis-cli in the server's container, which has to run;
 * - `inside SCRIPT`: sh in the server's container;
 * - `look SCRIPT`: sh in a container of the same image with the server's volumes, which it can only read;
 * - `door SCRIPT`: the same, and it may write: the one way to the files while the server's container is stopped. One of an
 *   attempt before that still works is ended first;
 * - `state`: what the engine says about the container.
 */
export function outerScript(way: ContainerWay, script: string, more: Partial<Command> = {}): Command {
  return {
    argv: ["sh", "-c", `${idLines(way)}\n${neededBy(script, way)}`],
    env: engineEnv(way),
    secrets: { ...cliSecrets(way.connection), ...composeSecrets(way) },
    ...onOuter(way),
    ...more,
  };
}

const user = ({ hop }: ContainerWay): string =>
  hop.user === undefined ? "" : ` --user ${shellWord(hop.user)}`;

/** A command as it would be typed inside the server's container. */
export const inServer = (way: ContainerWay, { argv, token }: Command): Command =>
  outerScript(way, `exec ${exec(way)} ${shellLine(argv)}`, token === undefined ? {} : { token });

/** A command in the container that holds the copy's server. */
export function inCopy(way: ContainerWay, { argv, token }: Command): Command {
  return {
    ...dockerCommand(way, ["exec", helperName(way, "copy"), ...argv]),
    ...(token === undefined ? {} : { token }),
  };
}

/** A line for sh: a program of the server's own image, which can read its volumes and change nothing. */
export const inImage = (way: ContainerWay, [program = "", ...words]: readonly string[]): string =>
  `docker run --rm -i ${helperWords(way)} --volumes-from "$id:ro" --entrypoint ${shellWord(program)} "$(image)" ${shellLine(words)}`;

/** What the copy's container does: nothing, and no longer than a week. */
const IDLE = 'trap "exit 0" TERM; sleep 604800 & wait';

/**
 * Makes the container that holds the copy's server; one of an attempt before is ended. It may write to the server's volumes
 * only where the copy has to lie there, because it is put in place.
 */
export function openCopy(way: ContainerWay, writes: boolean): Command {
  const name = helperName(way, "copy");
  return outerScript(
    way,
    `gone ${name}
docker run -d --rm --name ${name} ${helperWords(way)} --volumes-from "$id${writes ? "" : ":ro"}" --entrypoint sh "$(image)" -c ${shellWord(IDLE)} >/dev/null`,
  );
}

/** Ends it. */
export const closeCopy = (way: ContainerWay): string =>
  `gone ${helperName(way, "copy")}
[ -z "$(docker ps -aq --filter "name=^/${helperName(way, "copy")}$")" ] || fail "the container ${helperName(way, "copy")} could not be removed"`;
