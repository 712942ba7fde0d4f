import type { Command } from "../../step/command.ts";
import { type Client, sql, tokenStatement } from "./client.ts";

/** A script for the maintenance database: what creates, renames and drops databases cannot run inside them. */
export function maintenance(client: Client, script: string, token?: string): Command {
  const database = client.connection.maintenanceDatabase;
  if (token === undefined) return sql(client, database, script);
  return sql(client, database, `${script}\n${tokenStatement(token)}`, { token });
}

export function readMaintenance(client: Client, query: string): Command {
  return sql(client, client.connection.maintenanceDatabase, query, { readOnly: true });
}
