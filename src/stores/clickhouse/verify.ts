import type { Check } from "../../step/check.ts";
import type { Command } from "../../step/command.ts";
import type { Step } from "../../step/step.ts";
import { part } from "../part.ts";
import { script, sql } from "./client.ts";
import { storedByDefault } from "./columns.ts";
import { contentSum } from "./content-sum.ts";
import { literal, plainIdent, tableName } from "./identifiers.ts";
import type { Manifest, TableSchema } from "./manifest.ts";
import { LOADED } from "./names.ts";
import type { RestoreContext } from "./restore-context.ts";
import { settingWords } from "./settings.ts";
import type { RestoreSource } from "./source.ts";

/** A line of JSON for each table of the manifest: rows and sum as they are in this database. */
export function sumsQuery(database: string, schemas: readonly TableSchema[]): string {
  return schemas
    .map(({ table, columns }) => {
      const sum = contentSum(storedByDefault(columns));
      return `SELECT ${literal(table)} AS table, toString(count()) AS rows, toString(${sum}) AS sum, ${literal(sum)} AS method FROM ${tableName(database, table)} FORMAT JSONEachRow;`;
    })
    .join("\n");
}

const notMark = `!= ${literal(LOADED)}`;

function shapeQuery(database: string, tables: readonly string[]): string {
  const where = `database = ${literal(database)}`;
  const these = tables.map(literal).join(", ");
  return `SELECT 'table' AS kind, name, engine_full AS definition FROM system.tables WHERE ${where} AND name IN (${these}) FORMAT JSONEachRow;
SELECT 'column' AS kind, concat(table, '.', name) AS name, concat(type, if(default_kind = '', '', concat(' ', default_kind, ' ', default_expression))) AS definition FROM system.columns WHERE ${where} AND table IN (${these}) FORMAT JSONEachRow;`;
}

function countsQuery(database: string, tables: readonly string[]): string {
  const counts = tables.map(
    (table) =>
      `SELECT ${literal(table)} AS table, toString(count()) AS rows FROM ${tableName(database, table)} FORMAT JSONEachRow;`,
  );
  const columns = `SELECT table AS of, name, type, default_kind AS kind FROM system.columns WHERE database = ${literal(database)} AND table ${notMark} FORMAT JSONEachRow;`;
  return [...counts, columns].join("\n");
}

/** A question in SQL; columns of its answer are separated by |, as everywhere. */
export function question(
  context: Pick<RestoreContext, "connection">,
  database: string,
  text: string,
): Command {
  const line = `answer=$(ch --multiquery --readonly 2 --database ${plainIdent(database)}) || exit
printf '%s\\n' "$answer" | tr '\\t' '|'`;
  return script(context.connection, line, { stdin: `${text.replace(/\n*$/, "\n")}` });
}

function againstManifest(context: RestoreContext, database: string, manifest: Manifest): Check[] {
  const { connection, source, facts } = context;
  const tables = source.tables.map(({ table }) => table);
  const schemas = manifest.schemas.filter(({ table }) => tables.includes(table));
  const words = settingWords(facts?.settings ?? []);
  return [
    {
      title: "shape against the manifest",
      source: sql(connection, shapeQuery(database, tables), { readOnly: true }),
      judge: "clickhouse.shape",
      args: { schemas: schemas.map(({ table, engine, columns }) => ({ table, engine, columns })) },
      onError: "fail",
    },
    {
      title: "rows and content against the manifest",
      source: sql(connection, sumsQuery(database, schemas), { words }),
      judge: "clickhouse.tables",
      args: {
        tables: manifest.tables.filter(({ table }) => tables.includes(table)),
        madeBy: manifest.server.version,
        version: facts?.version ?? "",
      },
      onError: "fail",
    },
  ];
}

function againstFiles(context: RestoreContext, database: string): Check {
  const { connection, source, step, facts } = context;
  const tables = source.tables.map(({ table }) => table);
  return {
    title: "rows and columns against the files",
    source: sql(connection, countsQuery(database, tables), { words: settingWords(facts?.settings ?? []) }),
    judge: "clickhouse.files",
    args: {
      artifactStep: `${step.id}.artifact`,
      tables: source.tables.map(({ table, file }) => ({
        table,
        file: file === source.path ? "" : file.slice(source.path.length + 1),
      })),
    },
    onError: "fail",
  };
}

/** Checks of the restored tables in `database`, from their shape to the runbook's own queries. */
export function verifyChecks(context: RestoreContext, database: string): Check[] {
  const { connection, source, step } = context;
  const compared = source.manifest
    ? againstManifest(context, database, source.manifest)
    : [againstFiles(context, database)];
  const named: Check[] =
    step.tables.length === 0
      ? []
      : [
          {
            title: "tables the runbook names",
            source: sql(connection, rowsOf(database, step.tables, source), { readOnly: true }),
            judge: "clickhouse.named-tables",
            args: { tables: step.tables },
            onError: "fail",
          },
        ];
  const queries = step.queries.map(({ title, sql: text, expect }): Check => ({
    title,
    source: question(context, database, text),
    judge: "expectation",
    args: { name: title, expect: expect as Record<string, string | number | boolean> },
    onError: "fail",
  }));
  return [...compared, ...named, ...queries];
}

/** Of those the backup holds: asking for one that is not there would be an error, and it has to be a result. */
function rowsOf(database: string, wanted: readonly string[], { tables }: RestoreSource): string {
  return tables
    .filter(({ table }) => wanted.includes(table))
    .map(
      ({ table }) =>
        `SELECT ${literal(table)} AS table, toString(count()) AS rows FROM ${tableName(database, table)} FORMAT JSONEachRow;`,
    )
    .join("\n");
}

export function verifyStep(context: RestoreContext): Step {
  const dry = context.mode === "dry-run";
  const because = "cannot be known before running: the copy does not exist yet";
  return part(context, "verify", ["load"], {
    gist: `columns, count() and content sums of each table of ${context.names.copy}`,
    title: context.source.manifest ? "Verify against the manifest" : "Verify as far as possible",
    why: "proves the copy before anyone uses it: shape, counts, content, the runbook's queries",
    effect: "reads",
    ...(dry ? { does: "print" as const, printedBecause: because } : {}),
    checks: verifyChecks(context, context.names.copy),
    failsAs: "red",
  });
}
