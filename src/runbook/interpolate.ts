import type { DocPath } from "./source-document.ts";

/** Gives a variable's value, undefined when nobody set it. */
export type Lookup = (name: string) => string | undefined;

/** One `${NAME}` in a text, and the stretch of the result it became. */
export interface Use {
  name: string;
  path: DocPath;
  /** undefined when it is unset and has no default; the text then keeps `${NAME}` as written. */
  value: string | undefined;
  start: number;
  end: number;
  /** As it stands in the file, for finding its place. */
  written: string;
}

export interface Fault {
  path: DocPath;
  written: string;
  message: string;
}

export interface Interpolated {
  value: unknown;
  uses: Use[];
  faults: Fault[];
}

/**
 * Puts variables into the strings of plain data: `${NAME}`, `${NAME:-default}` (also when NAME is empty, as shells do;
 * a default may hold variables itself), `$${` for a literal `${`. Only parsed values are touched, never YAML text, so a
 * value cannot add keys; and never the paths in `verbatim`, which a shell reads.
 */
export function interpolate(
  value: unknown,
  lookup: Lookup,
  verbatim: (path: DocPath) => boolean,
): Interpolated {
  const uses: Use[] = [];
  const faults: Fault[] = [];
  const walk = (node: unknown, path: DocPath): unknown => {
    if (typeof node === "string") {
      if (verbatim(path)) return node;
      const text = new TextReader(node, lookup, path);
      uses.push(...text.uses);
      faults.push(...text.faults);
      return text.result;
    }
    if (Array.isArray(node)) return node.map((item, i) => walk(item, [...path, i]));
    if (typeof node === "object" && node !== null)
      return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
    return node;
  };
  return { value: walk(value, []), uses, faults };
}

/** One string; a class only because defaults nest. */
class TextReader {
  readonly uses: Use[] = [];
  readonly faults: Fault[] = [];
  readonly result: string;
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #path: DocPath;
  #at = 0;

  constructor(text: string, lookup: Lookup, path: DocPath) {
    this.#text = text;
    this.#lookup = lookup;
    this.#path = path;
    this.result = this.#read(0, false);
  }

  /** Reads to the end, or inside a default to its closing brace. `offset` is where its result will stand. */
  #read(offset: number, inside: boolean): string {
    let out = "";
    while (this.#at < this.#text.length) {
      const rest = this.#text.slice(this.#at);
      if (rest.startsWith("$${")) {
        out += "${";
        this.#at += 3;
      } else if (rest.startsWith("${")) {
        out += this.#variable(offset + out.length);
      } else if (inside && rest.startsWith("}")) {
        return out;
      } else {
        out += rest.charAt(0);
        this.#at += 1;
      }
    }
    return out;
  }

  #variable(start: number): string {
    const from = this.#at;
    const name = /^\$\{([A-Za-z_]\w*)(:-|\})/.exec(this.#text.slice(from));
    if (name?.[1] === undefined) return this.#fault(from);
    this.#at += name[0].length;
    const before = this.uses.length;
    const value = this.#lookup(name[1]);
    if (name[2] === "}") return this.#use(name[1], value, start, from);
    const fallback = this.#read(start, true);
    if (this.#text[this.#at] !== "}") return this.#fault(from);
    this.#at += 1;
    if (!value) return this.#use(name[1], fallback, start, from);
    // A default that is not taken needs nothing.
    this.uses.length = before;
    return this.#use(name[1], value, start, from);
  }

  #use(name: string, value: string | undefined, start: number, from: number): string {
    const written = this.#text.slice(from, this.#at);
    const text = value ?? written;
    this.uses.push({ name, path: this.#path, value, start, end: start + text.length, written });
    return text;
  }

  #fault(from: number): string {
    const written = /^\$\{[^}\n]{0,30}\}?/.exec(this.#text.slice(from))?.[0] ?? "${";
    this.faults.push({
      path: this.#path,
      written,
      message: `"${written}" is not a variable: write \${NAME} or \${NAME:-default}, and $\${ where \${ itself is meant`,
    });
    this.#at = from + 2;
    return this.#text.slice(from, this.#at);
  }
}
