import { shellLine } from "../base/quote.ts";
import { dockerWords } from "../step/program-words.ts";
import type { Manager, Target, Verb } from "./manager.ts";
import type { Unit } from "./unit.ts";

/** docker, with the engine of what is controlled. */
export const dockerOf = ({ engine = {} }: Target): string[] => dockerWords(engine);

/** A container as `docker inspect` has it, from `up` on. With .Id instead of .ID a container without a health check is an error. */
export const COLUMNS = [
  "{{if or .State.Running .State.Restarting}}up{{else}}down{{end}}",
  '{{if eq .State.Status "running"}}{{if .State.Health}}{{.State.Health.Status}}{{else}}running{{end}}{{else}}{{.State.Status}}{{end}}',
  "{{.ID}}@{{.State.StartedAt}}",
  "exit={{.State.ExitCode}}",
  'policy={{or .HostConfig.RestartPolicy.Name "no"}}',
  "restarts={{.RestartCount}}",
  "since={{.State.StartedAt}}",
  "unnamed={{range .Mounts}}{{if eq (len .Name) 64}}+{{end}}{{end}}",
].join(" ");

/** What nobody starts again stays as it is. */
export function containerHopeless({ state, more }: Unit): string | undefined {
  const again = ["always", "unless-stopped", "on-failure"].includes(more["policy"] ?? "");
  if (state === "dead") return "it is dead";
  return state === "exited" && !again
    ? `it ended with exit ${more["exit"]}, and nothing starts it again`
    : undefined;
}

const argv = (target: Target, verb: Verb, names: readonly string[]): string[] => [
  ...dockerOf(target),
  verb,
  ...(target.graceSeconds === undefined || verb === "start" ? [] : ["-t", String(target.graceSeconds)]),
  ...names,
];

/** Docker's own grace. */
const GRACE_S = 10;

/** How long the engine waits for the containers "$@" before it kills them. */
export const graceOf = (target: Target): string =>
  target.graceSeconds === undefined
    ? `${shellLine([...dockerOf(target), "inspect", "--format", "{{json .Config.StopTimeout}}"])} "$@" | awk '{ if ($1 > most) most = $1 + 0 } END { print (most > ${GRACE_S} ? most : ${GRACE_S}) }'`
    : `echo ${target.graceSeconds}`;

export const docker: Manager = {
  words: "docker",
  look: (target) =>
    `  said=$(${shellLine([...dockerOf(target), "container", "inspect", "--format", `{{.Name}} ${COLUMNS}`])} "$@") || return
  printf '%s\\n' "$said" | sed 's,^/,,'`,
  act: (target, verb) => `${shellLine(argv(target, verb, []))} "$@"`,
  argv,
  lingers: graceOf,
  logs: (name) => `docker logs --tail 50 ${name}`,
  hopeless: containerHopeless,
  secrets: () => ({}),
};
