import { join } from "node:path";
import { shellWord } from "../../base/quote.ts";
import type { ClickhouseConnection } from "../../runbook/store-kinds/clickhouse.ts";
import type { Command } from "../../step/command.ts";
import { ask, script } from "./client.ts";
import { stored } from "./columns.ts";
import type { ChFacts, TableFacts } from "./facts.ts";
import { ident, tableName } from "./identifiers.ts";
import { settingWords } from "./settings.ts";
import { fileOf, nativeFile } from "./table-files.ts";

export interface DumpInput {
  connection: ClickhouseConnection;
  facts: ChFacts;
  database: string;
  tables: readonly TableFacts[];
  /** What the work is called at the server. */
  id: string;
}

/** Rows of one table as one SELECT sees them: parts that come or go while it runs are not seen. */
function dumpLines(
  { facts, database, id }: DumpInput,
  table: TableFacts,
  index: number,
  path: string,
): string {
  const columns = stored(table.columns).map(({ name }) => ident(name));
  const select = ask(
    `SELECT ${columns.join(", ")} FROM ${tableName(database, table.name)} FORMAT Native`,
    "--query_id",
    `${id} ${index}`,
    ...settingWords(facts.settings),
  );
  // Without pipefail: that the client failed is said on a channel of its own.
  return `failed=$({ { ${select} || echo failed >&4; } | gzip -1 > ${shellWord(path)}; } 4>&1) || exit
[ -z "$failed" ] || exit 1`;
}

/** One file for each table, and beside it the query that creates it. */
export function dumpFolder(input: DumpInput, path: string, token: string): Command {
  const lines = input.tables.map((table, index) => {
    const schema = shellWord(join(path, `${fileOf(table.name)}.sql`));
    return `printf '%s\\n' ${shellWord(table.created)} > ${schema} || exit
${dumpLines(input, table, index, join(path, nativeFile(table.name)))}`;
  });
  return script(input.connection, `mkdir -p ${shellWord(path)} || exit\n${lines.join("\n")}\necho ${token}`, {
    token,
  });
}

export function dumpFile(input: DumpInput, path: string, token: string): Command {
  const lines = input.tables.map((table, index) => dumpLines(input, table, index, path));
  return script(input.connection, `${lines.join("\n")}\necho ${token}`, { token });
}

/** Of the server's own, into a file where it may write: `backups.allowed_path` of its configuration. */
export function backupFile(
  { connection, database, tables, id }: DumpInput,
  path: string,
  token: string,
): Command {
  const names = tables.map(({ name }) => `TABLE ${tableName(database, name)}`).join(", ");
  const query = `BACKUP ${names} TO File('${path.replaceAll("'", "\\'")}')`;
  return script(connection, `${ask(query, "--query_id", id)} || exit\necho ${token}`, { token });
}
