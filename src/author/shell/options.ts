/** The words of a program taken apart: flags with values, flags alone, and what remains. */
export interface Options {
  values: Map<string, string>;
  flags: Set<string>;
  rest: string[];
}

/**
 * Reads options as getopt does. `withValue` lists those that take the next word; `--name=value` and `-Uvalue` are read as
 * well. With `stopAtRest`, the first other word ends the options (docker, kubectl exec).
 */
export function optionsOf(
  words: readonly string[],
  withValue: readonly string[],
  { stopAtRest = false } = {},
): Options {
  const found: Options = { values: new Map(), flags: new Set(), rest: [] };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") {
      found.rest.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      if (stopAtRest) {
        found.rest.push(...words.slice(at));
        break;
      }
      found.rest.push(word);
      continue;
    }
    const [, name, value] = /^(--?[^=]+)=([\s\S]*)$/.exec(word) ?? [];
    const joined = withValue.find(
      (known) => /^-[A-Za-z]$/.test(known) && word.startsWith(known) && word.length > 2,
    );
    if (name !== undefined && value !== undefined) put(found, name, value);
    else if (withValue.includes(word)) {
      put(found, word, words[at + 1] ?? "");
      at += 1;
    } else if (joined !== undefined && !word.startsWith("--")) put(found, joined, word.slice(2));
    else found.flags.add(word);
  }
  return found;
}

/** An option given twice (`psql -c … -c …`) keeps both, a line each. */
function put({ values }: Options, name: string, value: string): void {
  const before = values.get(name);
  values.set(name, before === undefined ? value : `${before}\n${value}`);
}

/** The value of the first of these names that was given. */
export function valueOf({ values }: Options, ...names: string[]): string | undefined {
  const name = names.find((candidate) => values.has(candidate));
  return name === undefined ? undefined : values.get(name);
}
