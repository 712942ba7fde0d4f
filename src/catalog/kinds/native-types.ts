/** How the values of a column lie in ClickHouse's Native format, as far as passing over them needs it. */
export type Layout =
  | { kind: "fixed"; bytes: number }
  | { kind: "string" }
  | { kind: "nullable"; of: Layout }
  | { kind: "array"; of: Layout }
  | { kind: "tuple"; of: Layout[] }
  | { kind: "dictionary"; of: Layout };

const WIDTHS: readonly [RegExp, number][] = [
  [/^(Int8|UInt8|Bool|Enum8\(.*\)|Nothing)$/, 1],
  [/^(Int16|UInt16|Date|Enum16\(.*\)|BFloat16)$/, 2],
  [/^(Int32|UInt32|Float32|Date32|DateTime(\(.*\))?|IPv4|Decimal32\(.*\)|Time)$/, 4],
  [/^(Int64|UInt64|Float64|DateTime64\(.*\)|Time64\(.*\)|Decimal64\(.*\)|Interval\w+)$/, 8],
  [/^(Int128|UInt128|UUID|IPv6|Decimal128\(.*\))$/, 16],
  [/^(Int256|UInt256|Decimal256\(.*\))$/, 32],
];

/** Of a type as the format names it; undefined for one whose values have no length that can be told (states, JSON …). */
export function layoutOf(type: string): Layout | undefined {
  const fixed = WIDTHS.find(([pattern]) => pattern.test(type))?.[1] ?? otherWidth(type);
  if (fixed !== undefined) return { kind: "fixed", bytes: fixed };
  if (type === "String") return { kind: "string" };
  const [, name, inside] = /^(\w+)\((.*)\)$/s.exec(type) ?? [];
  switch (name) {
    case "Nullable":
      return wrapped("nullable", inside);
    case "Array":
      return wrapped("array", inside);
    case "LowCardinality":
      // The dictionary of a nullable column keeps a place for NULL among its keys.
      return wrapped("dictionary", inside?.replace(/^Nullable\((.*)\)$/s, "$1"));
    case "Tuple":
      return tuple(inside);
    case "Map": {
      const of = tuple(inside);
      return of && { kind: "array", of };
    }
    case "SimpleAggregateFunction":
      return layoutOf(split(inside).slice(1).join(", "));
    default:
      return undefined;
  }
}

function otherWidth(type: string): number | undefined {
  const length = /^FixedString\((\d+)\)$/.exec(type)?.[1];
  if (length !== undefined) return Number(length);
  const precision = /^Decimal\((\d+),/.exec(type)?.[1];
  if (precision === undefined) return undefined;
  return [9, 18, 38].reduce((width, most) => (Number(precision) > most ? width * 2 : width), 4);
}

function wrapped(kind: "nullable" | "array" | "dictionary", inside: string | undefined): Layout | undefined {
  const of = layoutOf(inside ?? "");
  return of && { kind, of };
}

function tuple(inside: string | undefined): Layout | undefined {
  const of = split(inside).map((element) => layoutOf(element) ?? layoutOf(unnamed(element)));
  const known = of.filter((one) => one !== undefined);
  return known.length === of.length ? { kind: "tuple", of: known } : undefined;
}

/** "name Type" of a tuple with names. */
const unnamed = (element: string): string => element.replace(/^(`[^`]*`|\w+) /, "");

/** At the commas of the outermost level. */
function split(list = ""): string[] {
  const parts = [""];
  let [depth, quoted] = [0, false];
  for (const [at, letter] of [...list].entries()) {
    if (letter === "'" && list[at - 1] !== "\\") quoted = !quoted;
    if (!quoted && letter === "(") depth += 1;
    if (!quoted && letter === ")") depth -= 1;
    if (letter === "," && depth === 0 && !quoted) parts.push("");
    else parts.push((parts.pop() ?? "") + letter);
  }
  return parts.map((part) => part.trim());
}
