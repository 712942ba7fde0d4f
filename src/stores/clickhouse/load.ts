import { shellLine, shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import { refuseBackup } from "../origin.ts";
import { tokenFor } from "../part.ts";
import { ask, queryId, script, sql } from "./client.ts";
import { storedByDefault } from "./columns.ts";
import { createdAs, createFromFile } from "./create-query.ts";
import { mayLoseRows } from "./engines.ts";
import { ident, plainIdent, tableName } from "./identifiers.ts";
import { LOADED } from "./names.ts";
import { removeDatabase } from "./remove-database.ts";
import { liveTable, type RestoreContext } from "./restore-context.ts";
import { settingWords } from "./settings.ts";
import type { SourceTable } from "./source.ts";

const settingsOf = ({ facts }: RestoreContext): string[] => settingWords(facts?.settings ?? []);

/** Where merges would remove rows, they are held off until the copy is proven; by the swap they begin again. */
export function mergesHeldOff(context: RestoreContext, { schema, table }: SourceTable): boolean {
  if (schema === "live") return mayLoseRows(liveTable(context, table)?.full ?? "");
  return "engine" in schema && mayLoseRows(schema.engine);
}

/** Of a table whose schema is known now; one that is read from a file comes later. */
function createStatements({ names, ...context }: RestoreContext, { table, schema }: SourceTable): string[] {
  if (schema === "live")
    return [`CREATE TABLE ${tableName(names.copy, table)} AS ${tableName(names.live, table)};`];
  if ("path" in schema) return [];
  const create = createdAs(schema.create, names.copy, table);
  if (create === undefined)
    throw refuseBackup(
      `the schema of ${table} cannot be read`,
      context.source.manifestPath ?? context.source.path,
      "it does not begin with CREATE TABLE and a name",
    );
  return [`${create};`];
}

/** Empty copies of the tables. */
function createCommand(context: RestoreContext): Command {
  const { connection, names, source } = context;
  const token = tokenFor(context, "created");
  const words = shellLine(settingsOf(context));
  // RESTORE makes the tables itself.
  const tables = source.format.payload === "clickhouse-backup" ? [] : source.tables;
  const later = tables.flatMap(({ table, schema }) =>
    schema !== "live" && "path" in schema ? [createFromFile(schema.path, names.copy, table)] : [],
  );
  const statements = [
    `CREATE DATABASE ${plainIdent(names.copy)};`,
    ...tables.flatMap((one) => createStatements(context, one)),
    ...tables
      .filter((one) => mergesHeldOff(context, one))
      .map(({ table }) => `SYSTEM STOP MERGES ${tableName(names.copy, table)};`),
  ];
  const text = `settings=${shellWord(words)}
ch $settings --multiquery || exit
${[...later, `echo ${token}`].join("\n")}`;
  return script(connection, text, { stdin: `${statements.join("\n")}\n`, token });
}

/** Whatever an earlier attempt has left goes first: what is inserted twice is there twice. */
export const createCommands = (context: RestoreContext): Command[] => [
  removeDatabase(context.connection, context.names.copy, tokenFor(context, "empty")),
  createCommand(context),
];

const UNPACK = { none: "cat", gzip: "gunzip -c", zstd: "zstd -dcq" } as const;

function unpackerOf({ source }: RestoreContext, file: string): string {
  if (source.format.payload === "native") return UNPACK[source.format.wrapper];
  return file.endsWith(".gz") ? UNPACK.gzip : file.endsWith(".zst") ? UNPACK.zstd : UNPACK.none;
}

/**
 * The rows of one table. sh has no pipefail: that the file could not be unpacked to its end is said on a channel of its
 * own. The client refuses an empty file, which is what a table without rows is dumped to.
 */
function loadLines(context: RestoreContext, { table, file, schema }: SourceTable): string {
  const { names, run, source, step } = context;
  const unpack = `${unpackerOf(context, file)} < ${shellWord(file)}`;
  const columns =
    schema !== "live" && "columns" in schema
      ? ` (${storedByDefault(schema.columns)
          .map(({ name }) => ident(name))
          .join(", ")})`
      : "";
  const number = source.tables.findIndex((one) => one.table === table);
  const insert = ask(
    `INSERT INTO ${tableName(names.copy, table)}${columns} FORMAT Native`,
    "--query_id",
    queryId(run.id, `${step.id} load ${number}`),
    ...settingsOf(context),
  );
  return `if [ "$(${unpack} | head -c 1 | wc -c)" -eq 0 ]; then ${unpack} > /dev/null || exit
else
  cut=$({ { ${unpack} || echo cut >&4; } | ${insert} >&2; } 4>&1) || exit
  [ -z "$cut" ] || { echo ${shellWord(`${file} could not be unpacked to its end`)} >&2; exit 1; }
fi`;
}

/** As many lanes as may work at once, the tables with the most rows first, each into the lane with the least to do. */
function lanesOf({ source, jobs }: RestoreContext): SourceTable[][] {
  const rows = new Map(source.manifest?.tables.map((one) => [one.table, Number(one.rows)]));
  const size = ({ table }: SourceTable): number => rows.get(table) ?? 1;
  const lanes = Array.from({ length: Math.max(1, Math.min(jobs, source.tables.length)) }, () => ({
    load: 0,
    tables: new Array<SourceTable>(),
  }));
  for (const one of source.tables.toSorted((x, y) => size(y) - size(x))) {
    const lane = lanes.reduce((least, other) => (other.load < least.load ? other : least));
    lane.load += size(one) + 1;
    lane.tables.push(one);
  }
  return lanes.map(({ tables }) => tables);
}

/** All rows. One pipeline alone leaves a core idle: unpacking, sending and sorting wait for each other (measured). */
export function loadCommand(context: RestoreContext): Command {
  const token = tokenFor(context, "loaded");
  const lanes = lanesOf(context).map((tables) => tables.map((one) => loadLines(context, one)).join("\n"));
  const [only] = lanes;
  const work =
    lanes.length === 1 && only !== undefined
      ? only
      : `${lanes.map((lane, index) => `(\n${lane}\n) & lane${index}=$!`).join("\n")}
failed=
${lanes.map((_lane, index) => `wait $lane${index} || failed=$?`).join("\n")}
[ -z "$failed" ] || exit $failed`;
  return script(context.connection, `${work}\necho ${token}`, { token });
}

/** The server reads its own BACKUP: the file has to be where it may, see `backups.allowed_path` of its configuration. */
export function restoreCommand(context: RestoreContext): Command {
  const { connection, names, source, run, step } = context;
  const database = source.manifest?.database ?? names.live;
  const tables = source.tables
    .map(({ table }) => `TABLE ${tableName(database, table)} AS ${tableName(names.copy, table)}`)
    .join(", ");
  const token = tokenFor(context, "restored");
  const text = `${ask(`RESTORE ${tables} FROM File('${source.path.replaceAll("'", "\\'")}')`, "--query_id", queryId(run.id, `${step.id} load`))} || exit
echo ${token}`;
  return script(connection, text, { token });
}

/** Says, for the probe, that nothing is missing any more. */
export function markLoaded({ connection, names }: RestoreContext): Command {
  return sql(
    connection,
    `CREATE TABLE IF NOT EXISTS ${tableName(names.copy, LOADED)} (x UInt8) ENGINE = TinyLog;`,
  );
}
