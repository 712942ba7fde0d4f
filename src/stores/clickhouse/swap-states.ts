import { arrayOf, literal } from "./identifiers.ts";
import type { RestoreNames } from "./names.ts";

/** How the tables of one restore are put in place and taken back. */
export interface SwapInput {
  names: RestoreNames;
  tables: readonly string[];
  /** Those of `tables` with nothing in their place. */
  absent: readonly string[];
  /**
   * With EXCHANGE: the uuid of the old data of each table that has some. By it alone can be told which is which afterwards.
   * undefined: everything is done by RENAME, and the names tell.
   */
  uuids: ReadonlyMap<string, string> | undefined;
}

const inside = (database: string, letter: string): string =>
  `if(has((SELECT groupArray(name) FROM system.tables WHERE database = ${literal(database)}), name), '${letter}', '')`;

function exchanged({ names, uuids }: SwapInput): string[] {
  if (uuids === undefined || uuids.size === 0) return [];
  const old = [...uuids].map(([table, uuid]) => `${table} ${uuid}`);
  const now = `(SELECT groupArray(concat(name, ' ', toString(uuid))) FROM system.tables WHERE database = ${literal(names.live)})`;
  const stays = `arrayExists(one -> startsWith(one, concat(name, ' ')) AND has(${now}, one), ${arrayOf(old)})`;
  return [`if(has(${arrayOf([...uuids.keys()])}, name) AND NOT ${stays}, 'x', '')`];
}

/**
 * For each table its number and a word for where it is: l in the live database, c in the copy, k in the one of what is kept;
 * x when the live name no longer bears the old data. "1:lc" is before, "1:lk" after a RENAME, "1:lkx" after an EXCHANGE.
 */
export function statesQuery(input: SwapInput): string {
  const { names, tables } = input;
  const letters = [inside(names.live, "l"), inside(names.copy, "c"), inside(names.kept, "k")];
  return `SELECT concat(toString(n), ':', ${[...letters, ...exchanged(input)].join(", ")}) AS state
FROM (SELECT arrayJoin(arrayEnumerate(names)) AS n, names[n] AS name FROM (SELECT ${arrayOf(tables)} AS names)) ORDER BY n`;
}

/** A place a table is moved from and to, or "x" and the place whose table it is exchanged with. */
export type Move = readonly ["live" | "copy" | "kept" | "x", "live" | "copy" | "kept"];

/** What each state takes; a text says why nothing can be done. A state that is not named is odd too. */
export type Rules = Readonly<Record<string, readonly Move[] | string>>;

const AGAIN =
  "somebody has made it again meanwhile, beside its copy and its old data: move it away (RENAME TABLE), then once more";
const NO_COPY = "its copy is gone";
const NO_OLD = "its old data is not there any more";

const FORWARD: Rules = {
  lc: [
    ["live", "kept"],
    ["copy", "live"],
  ],
  c: [["copy", "live"]],
  ck: [["copy", "live"]],
  l: [],
  lk: [],
  lck: AGAIN,
  k: NO_COPY,
};

const BACK: Rules = {
  lc: [],
  c: [],
  ck: [["kept", "live"]],
  lk: [
    ["live", "copy"],
    ["kept", "live"],
  ],
  k: [["kept", "live"]],
  l: NO_OLD,
  lck: AGAIN,
};

/** At every moment the live name bears one of the two. */
const FORWARD_EXCHANGE: Rules = {
  lc: [
    ["x", "copy"],
    ["copy", "kept"],
  ],
  lcx: [["copy", "kept"]],
  lk: [["x", "kept"]],
  lkx: [],
  cx: [["copy", "live"]],
  ckx: [["copy", "live"]],
  kx: NO_COPY,
  lckx: AGAIN,
};

const BACK_EXCHANGE: Rules = {
  lc: [],
  lcx: [["x", "copy"]],
  lk: [["kept", "copy"]],
  lkx: [
    ["x", "kept"],
    ["kept", "copy"],
  ],
  ckx: [["kept", "live"]],
  kx: [["kept", "live"]],
  lx: NO_OLD,
  lckx: AGAIN,
};

/** For tables that were there, and for those that were not. */
export function rulesFor({ uuids }: SwapInput, isAbsent: boolean, way: "forward" | "back"): Rules {
  if (way === "back" && isAbsent) return { ...BACK, l: [["live", "copy"]] };
  if (uuids === undefined || isAbsent) return way === "forward" ? FORWARD : BACK;
  return way === "forward" ? FORWARD_EXCHANGE : BACK_EXCHANGE;
}

/** The state in which nothing is left to do, and the one in which nothing has been done. */
export function endStates(input: SwapInput, table: string): { done: string; notDone: string } {
  if (input.absent.includes(table)) return { done: "l", notDone: "c" };
  return { done: input.uuids === undefined ? "lk" : "lkx", notDone: "lc" };
}

/** Arguments of the function that is made of the rules: the state, and the table in each of the three databases. */
const ARGUMENT = { live: "$2", copy: "$3", kept: "$4" } as const;

/** "a.t TO b.t" for a RENAME, or an EXCHANGE. */
export function moveInWords([from, to]: Move): string {
  return from === "x"
    ? `EXCHANGE TABLES ${ARGUMENT.live} AND ${ARGUMENT[to]}`
    : `${ARGUMENT[from]} TO ${ARGUMENT[to]}`;
}
