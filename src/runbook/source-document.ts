import type { Place, Problem } from "./problem.ts";

/** Where something is inside a document: keys and list positions from the root. */
export type DocPath = readonly (string | number)[];

/** "stores.database.url", "steps[2].needs[0]": how a place inside a document is written for people. */
export function dotted(path: DocPath): string {
  return path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join("");
}

interface Spot {
  key: Place | undefined;
  value: Place;
  /** Offsets of the value in the source. */
  range: readonly [number, number];
}

/** A file as plain data that still knows where each key and value stands. Never throws for a path that is not there. */
export class SourceDocument {
  readonly path: string;
  readonly text: string;
  /** undefined when the file could not be read as YAML at all. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly #spots: ReadonlyMap<string, Spot>;
  readonly #placeOf: (offset: number) => Place;

  constructor(facts: {
    path: string;
    text: string;
    value: unknown;
    problems: readonly Problem[];
    spots: ReadonlyMap<string, Spot>;
    placeOf: (offset: number) => Place;
  }) {
    this.path = facts.path;
    this.text = facts.text;
    this.value = facts.value;
    this.problems = facts.problems;
    this.#spots = facts.spots;
    this.#placeOf = facts.placeOf;
  }

  /** Place of the value at a path, or of the nearest thing around it that exists. */
  valueAt(path: DocPath): Place {
    return (
      this.#spots.get(spotKey(path))?.value ?? (path.length === 0 ? START : this.keyAt(path.slice(0, -1)))
    );
  }

  /** Place of the key that leads to a path; list entries have none, so their value's place. */
  keyAt(path: DocPath): Place {
    if (path.length === 0) return START;
    const spot = this.#spots.get(spotKey(path));
    return spot === undefined ? this.keyAt(path.slice(0, -1)) : (spot.key ?? spot.value);
  }

  /** Place of a piece of text inside the value at a path; the value's own place when it is not written so. */
  textAt(path: DocPath, piece: string): Place {
    const spot = this.#spots.get(spotKey(path));
    if (spot === undefined) return this.valueAt(path);
    const at = this.text.slice(spot.range[0], spot.range[1]).indexOf(piece);
    return at < 0 ? spot.value : this.#placeOf(spot.range[0] + at);
  }

  problem(place: Place, message: string, severity: Problem["severity"] = "error"): Problem {
    return { path: this.path, line: place.line, column: place.column, message, severity };
  }
}

const START: Place = { line: 1, column: 1 };

export type SpotMap = Map<string, Spot>;
export const spotKey = (path: DocPath): string => JSON.stringify(path);
