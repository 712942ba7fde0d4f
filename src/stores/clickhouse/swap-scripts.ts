import { shellWord } from "../../base/quote.ts";
import { ask } from "./client.ts";
import { arrayOf, literal, plainIdent, tableName } from "./identifiers.ts";
import { LOADED } from "./names.ts";
import { databaseExists } from "./remove-database.ts";
import { endStates, moveInWords, type Rules, rulesFor, statesQuery, type SwapInput } from "./swap-states.ts";

/** A function of sh: what the state of a table takes is added to $moves. */
function rulesFunction(name: string, rules: Rules, exchange: boolean): string {
  const lines = Object.entries(rules).map(([state, does]) => `    ${state}) ${action(does, exchange)} ;;`);
  return `${name}() { case $1 in
${lines.join("\n")}
    *) ${refuse("in an odd state ($1)")} ;;
  esac; }`;
}

const refuse = (why: string): string => `echo "$2: ${why}" >&2; exit 1`;

function action(does: Rules[string], exchange: boolean): string {
  if (typeof does === "string") return refuse(does);
  if (does.length === 0) return ":";
  const all = does.map((move) => `${exchange && move[0] !== "x" ? "RENAME TABLE " : ""}${moveInWords(move)}`);
  return `add "${all.join(exchange ? "; " : ", ")}"`;
}

/** The functions, and how each table is handed to its own. */
function cases(input: SwapInput, way: "forward" | "back"): { functions: string; calls: string } {
  const { names, tables, absent, uuids } = input;
  const isUsed = (isAbsent: boolean): boolean => tables.some((table) => absent.includes(table) === isAbsent);
  const functions = [false, true]
    .filter(isUsed)
    .map((isAbsent) =>
      rulesFunction(isAbsent ? "new" : "old", rulesFor(input, isAbsent, way), uuids !== undefined),
    );
  const calls = tables.map((table, index) => {
    const places = [names.live, names.copy, names.kept].map((database) =>
      shellWord(tableName(database, table)),
    );
    const name = absent.includes(table) ? "new" : "old";
    return `  ${index + 1}:*) ${name} "\${state#*:}" ${places.join(" ")} ;;`;
  });
  return { functions: functions.join("\n"), calls: calls.join("\n") };
}

/**
 * Lines of sh that bring every table from whatever state it is in to its place, or back. A RENAME that a killed client has
 * sent is carried out all the same as soon as nobody reads its tables (measured), so it is waited for first.
 */
function moveLines(input: SwapScript, way: "forward" | "back", into: readonly string[]): string {
  const { id } = input;
  const [between, statement] =
    input.uuids === undefined ? [", ", '"RENAME TABLE $moves"'] : ["; ", '"$moves"'];
  const { functions, calls } = cases(input, way);
  return `while :; do
  busy=$(${ask(`SELECT ${pending(id)}`)}) || exit
  [ "$busy" != 0 ] || break
  sleep 0.2
done
moves=
add() { moves="$moves\${moves:+${between}}$1"; }
${functions}
states=$(${ask(statesQuery(input))}) || exit
for state in $states; do case $state in
${calls}
esac; done
if [ -n "$moves" ]; then
${into.map((database) => `  ${ask(`CREATE DATABASE IF NOT EXISTS ${plainIdent(database)}`)} || exit`).join("\n")}
  ch --query_id ${shellWord(id)} --multiquery --query ${statement} || exit
fi`;
}

const pending = (id: string): string =>
  `(SELECT count() FROM system.processes WHERE query_id = ${literal(id)})`;

/** Tables in a database, the mark of a whole copy left out. */
const tablesIn = (database: string): string =>
  `(SELECT count() FROM system.tables WHERE database = ${literal(database)} AND name != ${literal(LOADED)})`;

const dropIfEmpty = (database: string): string =>
  `[ "$(${ask(`SELECT ${tablesIn(database)}`)})" != 0 ] || ${ask(`DROP DATABASE IF EXISTS ${plainIdent(database)}`)} || exit`;

export interface SwapScript extends SwapInput {
  /** Of the statement that moves them, at the server. */
  id: string;
  /** The live database itself was not there. */
  isNew: boolean;
  /** Tables whose merges were held off. */
  held: readonly string[];
}

/** Puts the copy in place, from the beginning or from half way. */
export function swapScript(input: SwapScript, token: string): string {
  const { names, isNew, absent, tables, held } = input;
  const into = [...(isNew ? [names.live] : []), ...(absent.length < tables.length ? [names.kept] : [])];
  const merges = held.map((table) => `${ask(`SYSTEM START MERGES ${tableName(names.live, table)}`)} || exit`);
  return [moveLines(input, "forward", into), ...merges, dropIfEmpty(names.copy), `echo ${token}`].join("\n");
}

/** Puts the old data back, from whatever state the swap or a crash in it left; the copy goes back beside. */
export function unswapScript(input: SwapScript): string {
  const { names, isNew } = input;
  const mark = `CREATE TABLE IF NOT EXISTS ${tableName(names.copy, LOADED)} (x UInt8) ENGINE = TinyLog`;
  const exists = `[ "$(${ask(`SELECT ${databaseExists(names.copy)}`)})" = 0 ] || ${ask(mark)} || exit`;
  return [
    moveLines(input, "back", [names.copy, ...(isNew ? [] : [names.live])]),
    exists,
    dropIfEmpty(names.kept),
    ...(isNew ? [dropIfEmpty(names.live)] : []),
  ].join("\n");
}

/** DONE when every copy bears its live name and the copy's database is gone. */
export function swapProbe(input: SwapScript): string {
  const ends = input.tables.map((table) => endStates(input, table));
  const all = (state: "done" | "notDone"): string =>
    arrayOf(ends.map((end, index) => `${index + 1}:${end[state]}`));
  return `SELECT multiIf(${pending(input.id)} > 0, 'PARTLY',
  states = ${all("done")} AND ${databaseExists(input.names.copy)} = 0, 'DONE',
  states = ${all("notDone")}, 'NOT DONE', 'PARTLY')
FROM (SELECT groupArray(state) AS states FROM (${statesQuery(input)}));`;
}
