import { shellLine, shellWord } from "../../base/quote.ts";
import type { VolumeConnection } from "../../runbook/store-kinds/volume.ts";
import type { Command } from "../../step/command.ts";

/** The docker engine as commands need it. */
export interface Engine {
  image: string;
  env: Record<string, string>;
  /** Whose containers and volumes: a run's id, "backup", or "look". */
  run: string;
  stopSeconds: number;
}

/** The label that everything made by Lifeboat carries, so that it is found again when Lifeboat is gone. */
export const RUN_LABEL = "lifeboat.run";

export const engineOf = ({ image, env, stopSeconds }: VolumeConnection, run: string): Engine => ({
  image,
  env,
  run,
  stopSeconds,
});

/** For scripts that ask for labels: "none" when there is no such volume, "unknown" when the engine did not answer. */
const LABEL = `label() {
  all=$(docker volume ls -q) || { echo unknown; return; }
  if echo "$all" | grep -qxF -e "$1"; then docker volume inspect --format "{{index .Labels \\"$2\\"}}" "$1"; else echo none; fi
}`;

/** A script for sh on this machine. */
export function script(engine: Engine, text: string, more: Partial<Command> = {}): Command {
  const whole = text.includes("$(label ") ? `${LABEL}\n${text}` : text;
  return { argv: ["sh", "-c", whole], env: engine.env, secrets: {}, ...more };
}

export interface Helper {
  /** Mounted at /volume. */
  volume?: string;
  /** false: it may write there. */
  readOnly?: boolean;
  /** Gets what the command before it in the pipe prints. */
  stdin?: boolean;
  /** More words for docker run, e.g. another mount. */
  more?: readonly string[];
  /** $1, $2 … of the script, as shell words. */
  args?: readonly string[];
}

/**
 * A line for sh: runs a script in a container that sees nothing but the volume, and is gone afterwards. No log driver:
 * the usual one writes all that passes through standard output to the engine's disk as well.
 */
export function helper(engine: Engine, text: string, use: Helper = {}): string {
  const { volume, readOnly = true, stdin = false, more = [], args = [] } = use;
  const mount =
    volume === undefined ? [] : ["-v", `${volume}:/volume${readOnly ? ":ro" : ""}`, "-w", "/volume"];
  const how = ["--network", "none", "--log-driver", "none", "--user", "0:0"];
  const label = ["--label", `${RUN_LABEL}=${engine.run}`];
  const start = ["docker", "run", "--rm"].concat(stdin ? ["-i"] : [], how, label, mount, more);
  const words = start.concat(["--entrypoint", "sh", engine.image, "-c", text]);
  const rest = args.length === 0 ? "" : ` sh ${args.join(" ")}`;
  return `${shellLine(words)}${rest}${stdin ? "" : " < /dev/null"}`;
}

/**
 * Lines for sh: removes these containers and fails when one is left. Docker refuses to remove one that is just ending by
 * itself ("removal is already in progress", "No such container"): what counts is that it is gone.
 */
export const containersGone = (filters: string): string =>
  `for wait in 0 0.2 0.5 1 2; do
  sleep $wait
  docker ps -aq ${filters} | xargs -r docker rm -f > /dev/null 2>&1 || true
  [ -n "$(docker ps -aq ${filters})" ] || break
done
[ -z "$(docker ps -aq ${filters})" ]`;

/** Goes before whatever mounts a volume by its name: docker run would make an empty one of a mistyped name. */
export const provenThere = (volume: string): string =>
  `docker volume inspect ${shellWord(volume)} > /dev/null`;

/** The value of a label of a volume, inside a script. */
export const labelOf = (volume: string, label: string): string => `$(label ${shellWord(volume)} ${label})`;
