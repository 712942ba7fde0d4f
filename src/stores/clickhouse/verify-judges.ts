import { z } from "zod";
import { count, counted } from "../../base/size.ts";
import { compareShape } from "../../checks/compare-shape.ts";
import { compareTables } from "../../checks/compare-tables.ts";
import { shapeObjectSchema, tableSumSchema } from "../../checks/manifest.ts";
import type { CheckResult, Judge } from "../../step/check.ts";

/** Lines of JSON. */
export function jsonLines(stdout: string): unknown[] {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): unknown => JSON.parse(line));
}

const shapeArgs = z.object({
  schemas: z.array(
    z.object({
      table: z.string(),
      engine: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.string(), default: z.string() })),
    }),
  ),
});

/** args: {schemas} of the manifest. */
export const judgeShape: Judge = (evidence, rawArgs) => {
  const wanted = shapeArgs.parse(rawArgs).schemas.flatMap(({ table, engine, columns }) => [
    { kind: "table", name: table, definition: engine },
    ...columns.map((column) => ({
      kind: "column",
      name: `${table}.${column.name}`,
      definition: `${column.type} ${column.default}`.trim(),
    })),
  ]);
  return compareShape(wanted, z.array(shapeObjectSchema).parse(jsonLines(evidence.stdout)));
};

const tablesArgs = z.object({
  tables: z.array(tableSumSchema),
  madeBy: z.string(),
  version: z.string(),
});

/** args: {tables} of the manifest, and the versions of the server that summed them and of this one. */
export const judgeTables: Judge = (evidence, rawArgs) => {
  const { tables, madeBy, version } = tablesArgs.parse(rawArgs);
  const results = compareTables(tables, z.array(tableSumSchema).parse(jsonLines(evidence.stdout)), "content");
  if (madeBy === version) return results;
  const doubt = `the sum was made by ClickHouse ${madeBy}, this is ${version}: a hash of some types may have changed between them`;
  return results.map((result) =>
    result.result === "fail" && result.level === "content"
      ? { ...result, why: `${result.why}; ${doubt}` }
      : result,
  );
};

const fileArgs = z.object({
  artifactStep: z.string(),
  tables: z.array(z.object({ table: z.string(), file: z.string() })),
});
const seenFile = z.object({
  file: z.string().default(""),
  rows: z.number().nullable(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});
const artifactFacts = z.union([z.object({ tables: z.array(seenFile) }), seenFile]);
const foundRows = z.object({ table: z.string(), rows: z.string() });
const foundColumn = z.object({ of: z.string(), name: z.string(), type: z.string(), kind: z.string() });

/**
 * args: {artifactStep, tables}. Where there is no manifest: as many rows as the file has, and its columns. The server takes a
 * file of other columns without a word, leaves out those it does not know and makes up the others (measured on 18.16).
 */
export const judgeFiles: Judge = (evidence, rawArgs, factsOf) => {
  const { artifactStep, tables } = fileArgs.parse(rawArgs);
  const facts = artifactFacts.safeParse(factsOf(artifactStep));
  const lines = jsonLines(evidence.stdout);
  const rows = lines.flatMap((line) => foundRows.safeParse(line).data ?? []);
  const columns = lines.flatMap((line) => foundColumn.safeParse(line).data ?? []);
  const content: CheckResult = {
    name: "content",
    level: "content",
    result: "not checked",
    why: "there is no manifest, and a Native file has no end mark and no sums: what was cut off between two blocks is not noticed",
    fix: "take backups with `lifeboat backup`",
  };
  const results = tables.flatMap(({ table, file }): CheckResult[] => {
    const seen = facts.success
      ? "tables" in facts.data
        ? facts.data.tables.find((one) => one.file === file)
        : facts.data
      : undefined;
    if (!seen) return [notRead(table)];
    return [
      rowsResult(table, seen.rows, rows.find((one) => one.table === table)?.rows),
      ...columnResults(
        table,
        seen,
        columns.filter(({ of }) => of === table),
      ),
    ];
  });
  return [...results, content];
};

const notRead = (table: string): CheckResult => ({
  name: `rows of ${table}`,
  level: "counts",
  result: "fail",
  why: "nothing is known of its file: the step that reads the backup has not been run",
});

function rowsResult(table: string, wanted: number | null, found: string | undefined): CheckResult {
  const base = { name: `rows of ${table}`, level: "counts" as const };
  if (found === undefined) return { ...base, result: "fail", why: `${table} was not restored` };
  const has = count(BigInt(found));
  if (wanted === null)
    return {
      ...base,
      result: "not checked",
      found: has,
      why: "its file has values that cannot be counted here",
    };
  const same = BigInt(found) === BigInt(wanted);
  const why = `${table}: the file has ${counted(wanted, "row")}`;
  return {
    ...base,
    result: same ? "pass" : "fail",
    expected: count(wanted),
    found: has,
    ...(same ? {} : { why }),
  };
}

function columnResults(
  table: string,
  { columns, rows }: z.infer<typeof seenFile>,
  found: z.infer<typeof foundColumn>[],
): CheckResult[] {
  if (columns.length === 0) return [];
  const base = { name: `columns of ${table}`, level: "shape" as const };
  const types = new Map(found.map(({ name, type }) => [name, type]));
  const wrong = columns.flatMap(({ name, type }) => {
    const is = types.get(name);
    return is === type
      ? []
      : [is === undefined ? `${name} is not in the table` : `${name} is ${is}, in the file ${type}`];
  });
  if (wrong.length > 0)
    return [
      {
        ...base,
        result: "fail",
        why: `${wrong.join("; ")}: this is the file of another table, or of another version of it`,
      },
    ];
  const inFile = new Set(columns.map(({ name }) => name));
  const filled = found.filter(({ name, kind }) => (kind === "" || kind === "DEFAULT") && !inFile.has(name));
  if (rows === 0 || filled.length === 0) return [{ ...base, result: "pass", found: String(columns.length) }];
  const why = `${filled.map(({ name }) => name).join(", ")} is not in the file and holds its default`;
  return [{ ...base, result: "warning", why }];
}

/** args: {tables: string[]}. Named tables must exist and hold rows. */
export const judgeNamedTables: Judge = (evidence, rawArgs) => {
  const { tables } = z.object({ tables: z.array(z.string()) }).parse(rawArgs);
  const found = new Map(
    jsonLines(evidence.stdout)
      .map((line) => foundRows.parse(line))
      .map((one) => [one.table, one.rows]),
  );
  return tables.map((table): CheckResult => {
    const rows = found.get(table);
    const base = { name: `table ${table} holds rows`, level: "counts" as const, expected: "at least 1" };
    if (rows === undefined)
      return { ...base, result: "fail", found: "no such table", why: `${table} was not restored` };
    return { ...base, result: rows === "0" ? "fail" : "pass", found: count(BigInt(rows)) };
  });
};

/** args: {name}. Without an expectation the answer is recorded and nothing is judged. */
export const judgeAnswer: Judge = (evidence, rawArgs) => {
  const { name } = z.object({ name: z.string() }).parse(rawArgs);
  const answer = evidence.stdout.trim();
  return [
    { name, level: "queries", result: "pass", found: answer === "" ? "no rows" : answer.slice(0, 500) },
  ];
};
