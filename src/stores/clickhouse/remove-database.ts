import { shellLine } from "../../base/quote.ts";
import type { ClickhouseConnection } from "../../runbook/store-kinds/clickhouse.ts";
import type { Command } from "../../step/command.ts";
import { ask, script } from "./client.ts";
import { literal, plainIdent } from "./identifiers.ts";

/** The name in a column as an identifier, in SQL that writes SQL. */
export const quotedColumn = (column: string): string =>
  `concat('\`', replaceAll(replaceAll(${column}, '\\\\', '\\\\\\\\'), '\`', '\\\\\`'), '\`')`;

/**
 * Lines of sh that remove a database and all in it. The server refuses to drop a table above max_table_size_to_drop
 * (50 GB), and TRUNCATE too; its partitions one by one count on their own, so they go first.
 */
export function removeLines(database: string): string {
  const partitions = `SELECT concat('ALTER TABLE ', ${literal(plainIdent(database))}, '.', ${quotedColumn("table")}, ' DROP PARTITION ID ''', partition_id, ''';')
FROM system.parts WHERE active AND database = ${literal(database)} GROUP BY table, partition_id`;
  return `partitions=$(${ask(partitions)}) || exit
[ -z "$partitions" ] || printf '%s\\n' "$partitions" | ch --multiquery || exit
${ask(`DROP DATABASE IF EXISTS ${plainIdent(database)}`)} || exit`;
}

export function removeDatabase(connection: ClickhouseConnection, database: string, token?: string): Command {
  const done = token === undefined ? "" : `\n${shellLine(["echo", token])}`;
  return script(connection, `${removeLines(database)}${done}`, token === undefined ? {} : { token });
}

/** 1 or 0. */
export const databaseExists = (database: string): string =>
  `(SELECT count() FROM system.databases WHERE name = ${literal(database)})`;
