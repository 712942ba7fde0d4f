import type { ClickhouseConnection } from "../../runbook/store-kinds/clickhouse.ts";
import type { Command } from "../../step/command.ts";
import { queryId, sql } from "./client.ts";
import { literal } from "./identifiers.ts";

const ofRun = (run: string): string => `startsWith(query_id, ${literal(queryId(run, ""))})`;

/** A line for each query of a run that the server still works on. */
export function sessionsOfRun(connection: ClickhouseConnection, run: string): Command {
  const line = "concat('query ', query_id, ': ', replaceAll(substring(query, 1, 80), '\\n', ' '))";
  return sql(connection, `SELECT ${line} FROM system.processes WHERE ${ofRun(run)};`, { readOnly: true });
}

/** Waits for each to end: a RENAME cannot be cut off, and is waited for. */
export function endSessionsOfRun(connection: ClickhouseConnection, run: string): Command {
  return sql(connection, `KILL QUERY WHERE ${ofRun(run)} SYNC;`);
}
