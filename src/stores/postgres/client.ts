import type { PostgresConnection } from "../../runbook/store-kinds/postgres-connection.ts";
import type { Command } from "../../step/command.ts";
import { dbnameArgument } from "./identifiers.ts";

export interface Client {
  connection: PostgresConnection;
  /** Shown by the server as application_name, so that what still runs can be found again. */
  applicationName: string;
}

/** The name a run's sessions have at the server, within its 63 bytes; the end of a run's id is what tells it apart. */
export function applicationName(run: string): string {
  return `lifeboat ${run.slice(-54)}`;
}

export interface SqlOptions {
  /** Refused by the server itself when it would change something. */
  readOnly?: boolean;
  token?: string;
  /** Session settings, e.g. maintenance_work_mem=256MB. */
  settings?: Record<string, string>;
}

const READ_ONLY = { default_transaction_read_only: "on" };

/** Environment every PostgreSQL client program gets. The connection timeout answers a port that never answers. */
export function clientEnv(client: Client, settings: Record<string, string> = {}): Record<string, string> {
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return {
    PGCONNECT_TIMEOUT: "10",
    PGAPPNAME: client.applicationName,
    ...client.connection.params,
    ...(options.length > 0 ? { PGOPTIONS: options.join(" ") } : {}),
  };
}

export function clientSecrets(client: Client): Record<string, string> {
  const key = client.connection.secretKey;
  return key === undefined ? {} : { PGPASSWORD: key };
}

/** -h, -p, -U and -d, and -w: never ask for a password on a terminal nobody sees. */
export function connectArguments(client: Client, database: string): string[] {
  const { server, port, user } = client.connection;
  return ["-w", "-h", server, "-p", port, "-U", user, "-d", dbnameArgument(database)];
}

/** psql reading a script on standard input, stopping at the first error. */
export function sql(client: Client, database: string, script: string, options: SqlOptions = {}): Command {
  const settings = { ...options.settings, ...(options.readOnly ? READ_ONLY : {}) };
  return {
    argv: [
      "psql",
      "-X",
      "-q",
      "-A",
      "-t",
      "-v",
      "ON_ERROR_STOP=1",
      ...connectArguments(client, database),
      "-f",
      "-",
    ],
    stdin: script.endsWith("\n") ? script : `${script}\n`,
    env: clientEnv(client, settings),
    secrets: clientSecrets(client),
    ...(options.token === undefined ? {} : { token: options.token }),
  };
}

/** The last statement of a script that must not be believed by its exit code. */
export function tokenStatement(token: string): string {
  return `SELECT '${token}';`;
}
