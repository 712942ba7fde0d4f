import { shellLine, shellWord } from "../base/quote.ts";
import type { Command } from "./command.ts";
import type { ComposeProject, Hop } from "./hop.ts";
import { dockerWords, kubectlWords, projectWords } from "./program-words.ts";

/** A command for a far end as words for this machine's shell. */
export interface Carried {
  /** Each is one word of shell text, quoted already. */
  words: string[];
  /** Variables the operator has exported here, whose values are sent as the first lines of standard input. */
  asks: string[];
}

/** Without input of its own it must not read what follows it on the terminal: the next line that somebody pastes. */
const readsInput = ({ stdin, feed }: Command): boolean => stdin !== undefined || feed !== undefined;

/** Parts of a line that a shell reads: quoted words, or text that the shell has to expand. */
const quoted = (argv: readonly string[]): string[] => argv.map(shellWord);

/**
 * The same program in the same place as Lifeboat runs it, in the form people type. Values of secrets are never in it:
 * docker takes an exported variable by its name, everything else is told by a line of standard input.
 */
export function carriedByHand(command: Command, hops: readonly Hop[]): Carried {
  const [only, ...more] = hops;
  if (more.length === 0 && (only?.via === "docker" || only?.via === "compose"))
    return { words: intoContainer(command, only), asks: [] };
  const asks = Object.keys(command.secrets);
  const reads = readsInput(command) || asks.length > 0;
  const script = scriptOf(command, asks);
  // ssh hands its words to a shell anyway; only `read` needs one that is sure to be POSIX.
  const inner = hops.at(-1)?.via === "ssh" && asks.length === 0 ? script : `sh -c ${shellWord(script)}`;
  const line = hops.reduceRight((text, hop) => overByHand(hop, text, reads), inner);
  return { words: [line], asks };
}

function intoContainer(command: Command, hop: Extract<Hop, { via: "docker" | "compose" }>): string[] {
  const given = Object.entries(command.env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const exported = Object.keys(command.secrets).flatMap((name) => ["-e", name]);
  const folder = command.cwd === undefined ? [] : ["-w", command.cwd];
  const user = hop.user === undefined ? [] : ["--user", hop.user];
  const path = command.path ?? [];
  const program =
    path.length === 0
      ? quoted(command.argv)
      : ["sh", "-c", shellWord(`PATH=${shellWord(path.join(":"))}:"$PATH" exec ${shellLine(command.argv)}`)];
  const flags = quoted([
    ...dockerWords(hop),
    "exec",
    ...(readsInput(command) ? ["-i"] : []),
    ...user,
    ...folder,
    ...given,
    ...exported,
  ]);
  return [...flags, containerWord(hop), ...program];
}

/** Of a service the shell asks compose: right also after its container was made anew. */
function containerWord(hop: Extract<Hop, { via: "docker" | "compose" }>): string {
  if (hop.via === "docker") return shellWord(hop.container);
  return `"$(${composeByHand(hop.compose)} ps -q ${shellWord(hop.service)})"`;
}

function composeByHand(compose: ComposeProject): string {
  return [compose.program ?? "docker compose", ...quoted(projectWords(compose))].join(" ");
}

/** `read` takes single bytes from a pipe: what follows the lines of secrets is left to the program. */
function scriptOf({ argv, env, cwd, path = [] }: Command, asks: readonly string[]): string {
  return [
    ...asks.map((name) => `IFS= read -r ${name} && export ${name} &&`),
    ...(cwd === undefined ? [] : [`cd ${shellWord(cwd)} &&`]),
    ...(path.length === 0 ? [] : [`PATH=${shellWord(path.join(":"))}:"$PATH"`]),
    ...Object.entries(env).map(([name, value]) => `${name}=${shellWord(value)}`),
    ...quoted(argv),
  ].join(" ");
}

function overByHand(hop: Hop, line: string, reads: boolean): string {
  const i = reads ? " -i" : "";
  switch (hop.via) {
    case "ssh":
      return [
        reads ? "ssh -T" : "ssh -nT",
        ...(hop.config === undefined ? [] : quoted(["-F", hop.config])),
        ...(hop.port === undefined ? [] : ["-p", String(hop.port)]),
        ...(hop.jump === undefined ? [] : quoted(["-J", hop.jump])),
        ...quoted([hop.destination, line]),
      ].join(" ");
    case "docker":
    case "compose": {
      const user = hop.user === undefined ? "" : ` --user ${shellWord(hop.user)}`;
      return `${shellLine(dockerWords(hop))} exec${i}${user} ${containerWord(hop)} ${line}`;
    }
    case "kubernetes": {
      const kubectl = shellLine(kubectlWords(hop.cluster));
      const pod =
        hop.pod === undefined
          ? `"$(${kubectl} get pods -l ${shellWord(hop.selector ?? "")} -o name)"`
          : shellWord(hop.pod);
      const container = hop.container === undefined ? "" : ` -c ${shellWord(hop.container)}`;
      return `${kubectl} exec${i} ${pod}${container} -- ${line}`;
    }
    case "sudo":
      return `sudo -n -H -u ${shellWord(hop.user)} -- ${line}`;
  }
}
