import { z } from "zod";
import { counted, sizeInWords } from "../../base/size.ts";
import type { Identity } from "../../step/identity.ts";
import { holdsRows } from "./engines.ts";

export const columnSchema = z.object({
  name: z.string(),
  type: z.string(),
  kind: z.string().describe("DEFAULT, MATERIALIZED, ALIAS …; empty for most"),
  expression: z.string(),
});

const tableSchema = z.object({
  name: z.string(),
  engine: z.string(),
  full: z.string().describe("the engine with its keys and settings"),
  created: z.string().describe("its CREATE query"),
  columns: z.array(columnSchema),
  rows: z.number().nullable().describe("of its parts, where it has some"),
  bytes: z.number().nullable(),
  uuid: z.string().describe("in a database with engine Atomic; empty elsewhere"),
});
export type TableFacts = z.infer<typeof tableSchema>;

export const factsSchema = z.object({
  version: z.string(),
  host: z.string(),
  uuid: z.string().describe("of the server; older ones have none"),
  port: z.string().describe("as the server says it; older ones cannot"),
  readonly: z.boolean().describe("the user may change nothing"),
  dataPath: z.string(),
  free: z.number().nullable().describe("bytes of its disk, where it says so"),
  settings: z.array(z.string()).describe("those of WANTED_SETTINGS that it knows"),
  databases: z.array(z.string()),
  database: z.object({ engine: z.string(), tables: z.array(tableSchema) }).nullable(),
  views: z.array(z.object({ by: z.string(), fed: z.string() })).describe("tables and the views they feed"),
  dictionaries: z.array(z.string()),
  queries: z.array(z.object({ text: z.string(), seconds: z.string() })).describe("that run now, of others"),
});
/** What a server says about itself and about one database on it. */
export type ChFacts = z.infer<typeof factsSchema>;

/**
 * A server before 21 has no number of its own: it is told by its host's name and where its data lies.
 */
export function identityOf(facts: ChFacts): Identity {
  return {
    host: facts.host,
    port: facts.port,
    serverUuid: facts.uuid,
    dataPath: facts.dataPath,
    version: facts.version,
  };
}

/** The tables that hold rows of their own. */
export const dataTables = (facts: ChFacts): TableFacts[] =>
  (facts.database?.tables ?? []).filter(({ engine, name }) => holdsRows(engine, name));

/** "ClickHouse 18.16.1, 2 tables, 5,000,000 rows, 196 MB". */
export function describeFacts(facts: ChFacts): string {
  const server = `ClickHouse ${facts.version}`;
  if (!facts.database) return `${server}, the database does not exist`;
  const tables = dataTables(facts);
  const sum = (of: "rows" | "bytes"): number => tables.reduce((total, table) => total + (table[of] ?? 0), 0);
  return `${server}, ${counted(tables.length, "table")}, ${counted(sum("rows"), "row")}, ${sizeInWords(sum("bytes"))}`;
}

/** Whether a version is at least this one. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ours = 0, ourMinor = 0] = version.split(".").map(Number);
  return ours > major || (ours === major && ourMinor >= minor);
}
