/** kubectl's command line, as far as the stand-in understands it: a flag that it does not know ends it, never passes unseen. */

/** What kubectl says and how it ends. */
export class Said extends Error {
  readonly code: number;
  constructor(message: string, code = 1) {
    super(message);
    this.code = code;
  }
}

export interface Words {
  verb: string;
  /** Without flags, up to `--`. */
  names: string[];
  flags: Map<string, string>;
  /** What comes after `--`. */
  argv: string[] | undefined;
}

const WITH_VALUE = new Map([
  ["-n", "namespace"],
  ["-o", "output"],
  ["-l", "selector"],
  ["-c", "container"],
  ["-f", "filename"],
]);
const VALUES = new Set(
  "namespace output selector container filename context kubeconfig request-timeout timeout replicas current-replicas tail".split(
    " ",
  ),
);
const SWITCHES = new Map([
  ["-i", "stdin"],
  ["-t", "tty"],
  ["-A", "all-namespaces"],
  ["-q", "quiet"],
]);
const BOOLEANS = new Set(
  "stdin tty all-namespaces quiet overwrite watch ignore-not-found wait client force now".split(" "),
);

/** Flags may stand anywhere before `--`. */
export function parseWords(all: readonly string[]): Words {
  const end = all.indexOf("--");
  const before = end === -1 ? [...all] : all.slice(0, end);
  const [flags, names] = [new Map<string, string>(), [] as string[]];
  for (let word = before.shift(); word !== undefined; word = before.shift()) {
    if (!word.startsWith("-") || word === "-") {
      names.push(word);
      continue;
    }
    const [flag = "", given] = split(word);
    if (VALUES.has(flag)) {
      const value = given ?? before.shift();
      if (value === undefined) throw new Said(`error: flag needs an argument: ${word}`);
      flags.set(flag, value);
    } else if (BOOLEANS.has(flag)) {
      flags.set(flag, given ?? "true");
    } else {
      throw new Said(`error: unknown flag: ${word} (the stand-in kubectl does not know it)`);
    }
  }
  const [verb = "", ...rest] = names;
  return { verb, names: rest, flags, argv: end === -1 ? undefined : all.slice(end + 1) };
}

/** --a=b, --a, -nb, -n=b, -n, -it → the long name and the value that came with it. */
function split(word: string): [string, string | undefined] {
  if (word === "-it" || word === "-ti") throw new Said("error: the stand-in kubectl has no terminal: no -t");
  if (word.startsWith("--")) {
    const [name = "", ...value] = word.slice(2).split("=");
    return [name, value.length === 0 ? undefined : value.join("=")];
  }
  const [short, rest] = [word.slice(0, 2), word.slice(2).replace(/^=/, "")];
  return [WITH_VALUE.get(short) ?? SWITCHES.get(short) ?? word, rest === "" ? undefined : rest];
}
