import { join } from "node:path";
import { shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import { ask, script } from "./client.ts";
import { stored } from "./columns.ts";
import { contentSum } from "./content-sum.ts";
import type { DumpInput } from "./dump.ts";
import { ident, literal, tableName } from "./identifiers.ts";
import { removeLines } from "./remove-database.ts";
import { settingWords } from "./settings.ts";
import { nativeFile } from "./table-files.ts";

/** A database that holds nothing: what is inserted goes through a view that counts it. */
export const countingDatabase = (database: string, nonce: string): string => `${database}__counted_${nonce}`;

/**
 * Rows and sum of each dumped file, by the server itself, read back from the file: what the manifest says is of the backup
 * and not of a table that others write to meanwhile. A table with engine Null keeps nothing, and a materialized view on it
 * sees every block. Prints a line of JSON for each table.
 */
export function countCommand(input: DumpInput, scratch: string, path: string, isFolder: boolean): Command {
  const { connection, facts, tables } = input;
  const words = settingWords(facts.settings);
  const lines = tables.map((table, index) => {
    const columns = stored(table.columns);
    const [sink, sums] = [tableName(scratch, `t${index}`), tableName(scratch, `s${index}`)];
    const sum = contentSum(columns);
    const definition = columns.map(({ name, type }) => `${ident(name)} ${type}`).join(", ");
    const file = shellWord(isFolder ? join(path, nativeFile(table.name)) : path);
    return `${ask(`CREATE TABLE ${sink} (${definition}) ENGINE = Null`, ...words)} || exit
${ask(`CREATE MATERIALIZED VIEW ${sums} ENGINE = TinyLog AS SELECT count() AS n, ${sum} AS s FROM ${sink}`, ...words)} || exit
if [ "$(gunzip -c < ${file} | head -c 1 | wc -c)" -ne 0 ]; then
  cut=$({ { gunzip -c < ${file} || echo cut >&4; } | ${ask(`INSERT INTO ${sink} FORMAT Native`, ...words)} >&2; } 4>&1) || exit
  [ -z "$cut" ] || exit 1
fi
${ask(`SELECT ${literal(table.name)} AS table, toString(sum(n)) AS rows, toString(sum(s)) AS sum, ${literal(sum)} AS method FROM ${sums} FORMAT JSONEachRow`)} || exit`;
  });
  return script(
    connection,
    `${ask(`CREATE DATABASE ${scratch}`)} || exit\n${lines.join("\n")}\n${removeLines(scratch)}`,
  );
}

/** Of the live tables, for a BACKUP of the server's own, whose file nobody else reads: only as good as nobody writes meanwhile. */
export function countLive({ connection, facts, database, tables }: DumpInput): Command {
  const lines = tables.map((table) => {
    const sum = contentSum(stored(table.columns));
    const from = tableName(database, table.name);
    return `${ask(`SELECT ${literal(table.name)} AS table, toString(count()) AS rows, toString(${sum}) AS sum, ${literal(sum)} AS method FROM ${from} FORMAT JSONEachRow`, ...settingWords(facts.settings))} || exit`;
  });
  return script(connection, lines.join("\n"));
}
