import type { Command } from "../../step/command.ts";
import { type Client, clientEnv, sql } from "./client.ts";
import { factsQuery } from "./facts-query.ts";

/** Seconds until a server that says nothing is given up on; it is asked again before anything else is tried. */
const CONNECT_TIMEOUT = "5";

/**
 * What a server says about itself and the database. Read-only by its transaction and not by a session setting: that
 * would hide whether the server takes writes by default.
 */
export function askFacts(client: Client, database: string): Command {
  const script = `BEGIN READ ONLY;\n${factsQuery(database)}\nCOMMIT;`;
  const command = sql(client, client.connection.maintenanceDatabase, script);
  return {
    ...command,
    env: { ...clientEnv(client), PGCONNECT_TIMEOUT: CONNECT_TIMEOUT, ...client.connection.params },
  };
}
