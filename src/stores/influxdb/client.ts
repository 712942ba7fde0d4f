import { shellLine, shellWord } from "../../base/quote.ts";
import type { InfluxdbConnection } from "../../runbook/store-kinds/influxdb-connection.ts";
import type { Command } from "../../step/command.ts";

type Credentials = Pick<Command, "env" | "secrets">;

/** influx reads both from its environment (tried with 1.6); without a user it sends none. */
export function credentials(connection: InfluxdbConnection): Credentials {
  const { user, secretKey } = connection;
  return {
    env: user === "" ? {} : { INFLUX_USERNAME: user },
    secrets: secretKey === undefined ? {} : { INFLUX_PASSWORD: secretKey },
  };
}

export type Format = "json" | "csv";

/** influx, which reads statements on standard input; an error inside the answer makes it exit with 1 (tried). */
export function influx(connection: InfluxdbConnection, format: Format, database?: string): string[] {
  return [
    "influx",
    "-host",
    connection.server,
    "-port",
    connection.port,
    ...(connection.tls ? ["-ssl"] : []),
    "-format",
    format,
    ...(database === undefined ? [] : ["-database", database]),
  ];
}

/** One question; the answer is JSON with a result for each statement. */
export function ask(connection: InfluxdbConnection, statements: string, database?: string): Command {
  return {
    argv: influx(connection, "json", database),
    stdin: `${statements}\n`,
    ...credentials(connection),
  };
}

/** A script for sh, with influx's credentials in its environment. With a token it prints it when it came to its end. */
export function script(connection: InfluxdbConnection, lines: readonly string[], token?: string): Command {
  const end = token === undefined ? [] : [`echo ${shellWord(token)}`];
  return {
    argv: ["sh", "-c", ["set -eu", ...lines, ...end].join("\n")],
    ...credentials(connection),
    ...(token === undefined ? {} : { token }),
  };
}

/** For scripts: feeds statements to the shell function `ask`. */
export function tell(statements: string): string {
  return `printf '%s\\n' ${shellWord(statements)} | ask`;
}

/** For scripts: `ask` answers statements on its standard input with comma separated values. */
export function askFunction(connection: InfluxdbConnection): string {
  return `ask() { ${shellLine(influx(connection, "csv"))} "$@"; }`;
}
