import { basename } from "node:path";
import { type Options, optionsOf, valueOf } from "./options.ts";
import { parseStatement, type Simple } from "./words.ts";

/** Where a program runs, when it is not this machine itself; outermost first. */
export type Place =
  | { kind: "docker"; container: string }
  | ({ kind: "compose"; service: string } & ComposeFiles)
  | { kind: "kubernetes"; pod: string; container?: string; namespace?: string; context?: string }
  | { kind: "ssh"; destination: string }
  | { kind: "sudo"; user: string | undefined };

export interface ComposeFiles {
  files: string[];
  project?: string;
}

/** A program without what carries it there. */
export interface Unwrapped extends Simple {
  program: string;
  places: Place[];
  /** A shell, or a client without anything to do: a person types there. */
  isInteractive: boolean;
}

export const COMPOSE_VALUES = [
  "-f",
  "--file",
  "-p",
  "--project-name",
  "--profile",
  "--env-file",
  "--project-directory",
];
export const KUBE_VALUES = ["-n", "--namespace", "--context", "--kubeconfig", "-c", "--container"];
const EXEC_VALUES = ["-u", "--user", "-e", "--env", "-w", "--workdir", "--index"];
const SHELLS = ["sh", "bash", "ash", "zsh", "su"];
const EDITORS = ["vi", "vim", "nano", "emacs", "less", "more", "top", "htop", "watch"];

/** Takes sudo, docker exec, compose exec, kubectl exec, ssh, env and `sh -c` off a program. */
export function unwrap(simple: Simple, places: Place[] = []): Unwrapped {
  const [first = "", ...rest] = simple.words;
  const program = basename(first);
  const inner = (words: string[], place?: Place, more: Simple["assigns"] = {}): Unwrapped =>
    unwrap(
      { ...simple, words, assigns: { ...simple.assigns, ...more } },
      place === undefined ? places : [...places, place],
    );
  if (program === "sudo") {
    const options = optionsOf(rest, ["-u", "--user", "-g"], { stopAtRest: true });
    return inner(options.rest, { kind: "sudo", user: valueOf(options, "-u", "--user") });
  }
  if (["time", "nohup", "command", "exec"].includes(program) && rest.length > 0) return inner(rest);
  if (program === "env" && rest.length > 0) return withAssigns(simple, rest, places);
  if (program === "docker" && (rest[0] === "exec" || (rest[0] === "container" && rest[1] === "exec"))) {
    const options = optionsOf(rest.slice(rest.indexOf("exec") + 1), EXEC_VALUES, { stopAtRest: true });
    const [container = "", ...words] = options.rest;
    return inner(words, { kind: "docker", container }, given(options));
  }
  const compose = readCompose(simple.words);
  // A helper container over a volume is one, whoever starts it.
  if (compose?.words[0] === "run" && compose.words.some((word) => word === "-v" || word === "--volume"))
    return {
      ...simple,
      words: ["docker", ...compose.words],
      program: "docker",
      places,
      isInteractive: false,
    };
  if (compose?.words[0] === "exec" || compose?.words[0] === "run") {
    const options = optionsOf(compose.words.slice(1), [...EXEC_VALUES, "-v", "--entrypoint", "--name"], {
      stopAtRest: true,
    });
    const [service = "", ...words] = options.rest;
    const { words: _said, ...files } = compose;
    return inner(words, { kind: "compose", service, ...files }, given(options));
  }
  const kube = readKubectl(simple.words);
  if (kube?.verb === "exec")
    return inner(kube.behind, { kind: "kubernetes", pod: podName(kube.words[0] ?? ""), ...kube.where });
  if (program === "ssh" && rest.length > 0) return throughSsh(simple, rest, places);
  if (SHELLS.includes(program)) return throughShell(simple, rest, places, program);
  return {
    ...simple,
    program,
    places,
    isInteractive: program === "" ? places.length > 0 : EDITORS.includes(program),
  };
}

/** Variables that exec hands to its program: -e NAME=value. */
const given = (options: Options): Simple["assigns"] =>
  Object.fromEntries(
    [
      ...(options.values.get("-e")?.split("\n") ?? []),
      ...(options.values.get("--env")?.split("\n") ?? []),
    ].flatMap((word) => {
      const [, name, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );

function withAssigns(simple: Simple, words: readonly string[], places: Place[]): Unwrapped {
  const count = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  const pairs = words.slice(0, Math.max(0, count)).map((word) => word.split(/=([\s\S]*)/).slice(0, 2));
  const assigns = Object.fromEntries(pairs.map(([name = "", value = ""]) => [name, value]));
  return unwrap(
    { ...simple, words: words.slice(Math.max(0, count)), assigns: { ...simple.assigns, ...assigns } },
    places,
  );
}

function throughSsh(simple: Simple, words: readonly string[], places: Place[]): Unwrapped {
  const options = optionsOf(words, ["-p", "-i", "-o", "-J", "-F", "-l", "-L", "-R", "-D"], {
    stopAtRest: true,
  });
  const [destination = "", ...command] = options.rest;
  const place: Place = { kind: "ssh", destination };
  return throughText(simple, command.join(" "), [...places, place], "ssh");
}

function throughShell(simple: Simple, words: readonly string[], places: Place[], program: string): Unwrapped {
  const at = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  if (at >= 0) return throughText(simple, words[at + 1] ?? "", places, program);
  const script = words.find((word) => !word.startsWith("-"));
  const isInteractive = script === undefined || program === "su";
  return { ...simple, program, places, isInteractive: isInteractive && simple.document === undefined };
}

/** A command that is given as text is looked into when it is one plain program. */
function throughText(simple: Simple, text: string, places: Place[], program: string): Unwrapped {
  const { pipelines, isPlain } = parseStatement(text);
  const only = pipelines.length === 1 && pipelines[0]?.length === 1 ? pipelines[0][0] : undefined;
  if (text.trim() === "") return { ...simple, program, places, isInteractive: simple.document === undefined };
  if (!isPlain || only === undefined) return { ...simple, program, places, isInteractive: false };
  return unwrap({ ...simple, ...only, assigns: { ...simple.assigns, ...only.assigns } }, places);
}

/** `docker compose …` and `docker-compose …`: which files, and the words from the verb on. */
export function readCompose(words: readonly string[]): (ComposeFiles & { words: string[] }) | undefined {
  const program = basename(words[0] ?? "");
  const from =
    program === "docker-compose" || program === "podman-compose"
      ? 1
      : program === "docker" && words[1] === "compose"
        ? 2
        : 0;
  if (from === 0) return undefined;
  const options = optionsOf(words.slice(from), COMPOSE_VALUES, { stopAtRest: true });
  const files = valueOf(options, "-f", "--file")?.split("\n") ?? [];
  const project = valueOf(options, "-p", "--project-name");
  return { files, ...(project === undefined ? {} : { project }), words: options.rest };
}

export interface Kubectl {
  verb: string;
  /** Words after the verb, without the options that say where. */
  words: string[];
  /** What stands behind "--". */
  behind: string[];
  where: { namespace?: string; context?: string; container?: string };
  flags: Map<string, string>;
}

export function readKubectl(words: readonly string[]): Kubectl | undefined {
  if (!["kubectl", "oc", "k3s"].includes(basename(words[0] ?? ""))) return undefined;
  const split = words.indexOf("--");
  const before = words.slice(1, split < 0 ? undefined : split).filter((word) => word !== "kubectl");
  const options = optionsOf(before, [
    ...KUBE_VALUES,
    "--replicas",
    "-l",
    "--selector",
    "--timeout",
    "-f",
    "-o",
    "--tail",
  ]);
  const [verb = "", ...rest] = options.rest;
  const named = {
    namespace: valueOf(options, "-n", "--namespace"),
    context: valueOf(options, "--context"),
    container: valueOf(options, "-c", "--container"),
  };
  const where = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  // An old form has no "--": what follows the pod is the command.
  const behind = split >= 0 ? words.slice(split + 1) : verb === "exec" ? rest.slice(1) : [];
  return {
    verb,
    words: split >= 0 || verb !== "exec" ? rest : rest.slice(0, 1),
    behind,
    where,
    flags: options.values,
  };
}

const podName = (word: string): string => word.replace(/^pods?\//, "");
