import type { StoreGuess } from "../store-guess.ts";
import { type Action, UNKNOWN } from "./action.ts";
import { optionsOf, valueOf } from "./options.ts";
import { tablesCounted } from "./sql.ts";
import type { Unwrapped } from "./unwrap.ts";

const INFLUX_VALUES = [
  "-db",
  "-newdb",
  "-database",
  "-host",
  "-port",
  "-execute",
  "-username",
  "-password",
  "-datadir",
  "-metadir",
  "-retention",
  "-rp",
  "-shard",
];

/** influxd restore and backup, influx -execute. */
export function influxdbAction(program: Unwrapped): Action | undefined {
  const { program: name, words, places } = program;
  if (name !== "influxd" && name !== "influx") return undefined;
  const options = optionsOf(words.slice(1), INFLUX_VALUES);
  const subject = valueOf(options, "-db", "-database");
  const store: StoreGuess = { kind: "influxdb", places, ...(subject === undefined ? {} : { subject }) };
  const [verb, ...rest] = options.rest;
  const file = rest.at(-1);
  if (verb === "restore")
    return { kind: "restore", store: { ...store, ...(file === undefined ? {} : { file }) } };
  if (verb === "backup") return { kind: "backup", store, ...(file === undefined ? {} : { file }) };
  const sql = valueOf(options, "-execute");
  if (sql === undefined)
    return name === "influx" && options.rest.length === 0
      ? { kind: "by-hand", because: "influx waits for what is typed" }
      : UNKNOWN;
  if (/^\s*(?:drop|create)\s+database/i.test(sql))
    return { kind: "part", of: "influxdb", does: "drops and creates the database" };
  if (/^\s*(?:show|select)\b/i.test(sql) && !/\binto\b/i.test(sql))
    return { kind: "query", store, sql: sql.trim(), tables: [] };
  return UNKNOWN;
}

const CLICKHOUSE_VALUES = [
  "--query",
  "-q",
  "--database",
  "-d",
  "--host",
  "-h",
  "--port",
  "--user",
  "-u",
  "--password",
  "--format",
];

/** clickhouse-client: INSERT … FORMAT Native fed by a file is a restore of that table. */
export function clickhouseAction(program: Unwrapped, piped: string | undefined): Action | undefined {
  const words =
    program.program === "clickhouse" && program.words[1] === "client"
      ? program.words.slice(1)
      : program.words;
  if (
    !["clickhouse-client", "clickhouse"].includes(program.program) ||
    (program.program === "clickhouse" && words[0] !== "client")
  )
    return undefined;
  const options = optionsOf(words.slice(1), CLICKHOUSE_VALUES);
  const sql = valueOf(options, "--query", "-q") ?? program.document;
  if (sql === undefined) return { kind: "by-hand", because: "clickhouse-client waits for what is typed" };
  const [, into, inserted] =
    /insert\s+into\s+(?:table\s+)?(?:[`"]?(\w+)[`"]?\.)?[`"]?(\w+)[`"]?/i.exec(sql) ?? [];
  const [, of, read] = /from\s+(?:[`"]?(\w+)[`"]?\.)?[`"]?(\w+)[`"]?/i.exec(sql) ?? [];
  const subject = valueOf(options, "--database", "-d") ?? into ?? of;
  const user = valueOf(options, "--user", "-u");
  const store: StoreGuess = {
    kind: "clickhouse",
    places: program.places,
    ...(subject === undefined ? {} : { subject }),
    ...(user === undefined ? {} : { user }),
  };
  const file = program.input ?? piped;
  if (inserted !== undefined && file !== undefined)
    return { kind: "restore", store: { ...store, table: inserted, file } };
  if (/\bformat\s+native\b/i.test(sql) && read !== undefined)
    return {
      kind: "backup",
      store: { ...store, table: read },
      ...(program.output === undefined ? {} : { file: program.output }),
    };
  if (/^\s*(?:drop|truncate|create)\b/i.test(sql))
    return { kind: "part", of: "clickhouse", does: "drops, empties or creates tables" };
  if (/^\s*(?:select|show)\b/i.test(sql))
    return {
      kind: "query",
      store,
      sql: sql.trim().replace(/;$/, ""),
      tables: tablesCounted(sql).map((name) => name.split(".").at(-1) ?? name),
    };
  return UNKNOWN;
}
