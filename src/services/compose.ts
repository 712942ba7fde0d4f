import { shellLine } from "../base/quote.ts";
import { engineFlags, projectWords } from "../step/program-words.ts";
import { COLUMNS, containerHopeless, dockerOf, graceOf } from "./docker.ts";
import type { Manager, Target, Verb } from "./manager.ts";

/** Whichever compose is there, with the project's files; v1 and v2 take the same words. */
export function composeWords({ compose, engine = {} }: Target): string[] {
  if (compose === undefined) throw new Error("a compose target has a project");
  const { program } = compose;
  const flags = engineFlags(engine);
  const start = program === "docker-compose" ? [program, ...flags] : ["docker", ...flags, "compose"];
  return [...start, ...projectWords(compose)];
}

/** What runs in any project: told apart by the name of the project, which is easily mistaken. */
const RUNNING =
  '{{.Label "com.docker.compose.project"}} {{.Label "com.docker.compose.service"}} {{.Label "com.docker.compose.project.config_files"}}';

/** Containers that `compose run` left are no services. */
const LINE = `{{if ne (index .Config.Labels "com.docker.compose.oneoff") "True"}}{{index .Config.Labels "com.docker.compose.service"}} ${COLUMNS} made={{index .Config.Labels "com.docker.compose.version"}}{{end}}`;

const grace = ({ graceSeconds }: Target): string[] =>
  graceSeconds === undefined ? [] : ["-t", String(graceSeconds)];

function verbWords(target: Target, verb: Verb): string[] {
  switch (verb) {
    case "up":
      // Containers that are there stay as they are: their settings may have come from somewhere else.
      return ["up", "-d", "--no-build", ...(target.recreate === true ? [] : ["--no-recreate"])];
    case "stop":
    case "restart":
    case "down":
      return [verb, ...grace(target)];
    default:
      return [verb];
  }
}

const argv = (target: Target, verb: Verb, names: readonly string[]): string[] => [
  ...composeWords(target),
  ...verbWords(target, verb),
  ...(verb === "down" ? [] : names),
];

export const compose: Manager = {
  words: "compose",
  all: (target) => shellLine([...composeWords(target), "config", "--services"]),
  look: (target) => `  ids=$(${shellLine([...composeWords(target), "ps", "-aq"])} "$@") || return
  test -n "$ids" || return 0
  said=$(${shellLine([...dockerOf(target), "inspect", "--format", LINE])} $ids) || return
  printf '%s\\n' "$said" | sed '/^$/d'`,
  before: (target) => {
    const words = shellLine(composeWords(target));
    // Version 1 answers an engine that is not there with a page of its own insides.
    return `${shellLine([...dockerOf(target), "version", "--format", "{{.Server.Version}}"])} > /dev/null || exit
says=$(${words} config -q 2>&1) || { printf '%s\\n' "$says" >&2; exit 1; }
printf '%s\\n' "$says" | sed -n 's/^./says &/p'
known=$(${words} config --services 2> /dev/null) || exit
printf 'known %s\\n' $known
printf 'program %s\\n' "$(${words} version --short)"
running=$(${shellLine([...dockerOf(target), "ps", "--format", RUNNING])}) || exit
printf '%s\\n' "$running" | sed -n 's/^[^ ]/runs &/p'
set --`;
  },
  act: (target, verb) => `${shellLine(argv(target, verb, []))}${verb === "down" ? "" : ' "$@"'}`,
  argv,
  // What was removed is made anew.
  back: (target, verb) =>
    `${shellLine(argv(target, verb === "down" ? "up" : verb === "stop" ? "start" : "stop", []))} "$@"`,
  lingers: (target) =>
    `set -- $(${shellLine([...composeWords(target), "ps", "-aq"])} "$@")\n${graceOf(target)}`,
  logs: (name) => `docker compose logs --tail 50 ${name} (or docker-compose)`,
  hopeless: containerHopeless,
  secrets: ({ compose: project }) => project?.secrets ?? {},
};
