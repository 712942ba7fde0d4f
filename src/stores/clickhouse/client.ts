import { shellLine, shellWord } from "../../base/quote.ts";
import type { ClickhouseConnection } from "../../runbook/store-kinds/clickhouse.ts";
import type { Command } from "../../step/command.ts";

/**
 * The native client and not HTTP: an error in the middle of an answer ends it with an exit code, where HTTP has said 200
 * long before and puts the exception at the end of the data (measured).
 */
const PROGRAM = "clickhouse-client";

/** Certificates are checked by the machine's own (or SSL_CERT_FILE); without this part the client asks on its terminal. */
const TLS =
  "<openSSL><client><loadDefaultCAFile>true</loadDefaultCAFile><invalidCertificateHandler>" +
  "<name>RejectCertificateHandler</name></invalidCertificateHandler></client></openSSL>";

/**
 * The client of 18.16 reads no password from the environment, and its configuration's `from_env` takes `&` and `<` in it
 * for XML: so the configuration is a here-document, written by the shell from the environment, never a file or a word.
 * Naming it also keeps ~/.clickhouse-client/config.xml out.
 */
const PASSWORD =
  "<password>$(printf %s \"$CLICKHOUSE_PASSWORD\" | sed 's/&/\\&amp;/g; s/</\\&lt;/g; s/>/\\&gt;/g')</password>";

export interface ScriptOptions {
  /** Text for `ch` to read, or for whatever the script feeds it to. */
  stdin?: string;
  token?: string;
}

/** A script of sh that calls the client, connected, `ch`. */
export function script(connection: ClickhouseConnection, text: string, options: ScriptOptions = {}): Command {
  return {
    argv: ["sh", "-c", `${connected("ch", connection)}\n${text}`],
    env: {},
    secrets: connection.secretKey === undefined ? {} : { CLICKHOUSE_PASSWORD: connection.secretKey },
    ...options,
  };
}

function connected(name: string, connection: ClickhouseConnection): string {
  return `${name}() { ${invocation(connection, '"$@"')}\n}`;
}

/** The client with `words` behind its connection, fed its configuration; `ends` is what ends the line, such as &. */
export function invocation(connection: ClickhouseConnection, words: string, ends = ""): string {
  const { server, port, user, secure, secretKey } = connection;
  const argv = [PROGRAM, "--config-file=/dev/fd/3", "--host", server, "--port", port, "--user", user];
  const line = shellLine([...argv, ...(secure ? ["--secure"] : []), "--format", "TabSeparatedRaw"]);
  const config = `${secretKey === undefined ? "" : PASSWORD}${secure ? TLS : ""}`;
  return `${line} ${words} 3<<END${ends}\n<config>${config}</config>\nEND`;
}

export interface SqlOptions {
  /** Refused by the server itself when it would change something. */
  readOnly?: boolean;
  /** What names without a database are looked for in. */
  database?: string;
  token?: string;
  /** Further words for the client, e.g. settings. */
  words?: readonly string[];
}

/** Statements on standard input, ended by `;` each; the first that fails ends it. */
export function sql(connection: ClickhouseConnection, statements: string, options: SqlOptions = {}): Command {
  const { readOnly = false, database, token, words: more = [] } = options;
  const words = ["ch", "--multiquery", ...(readOnly ? READ_ONLY : []), ...more];
  const line = shellLine([...words, ...(database === undefined ? [] : ["--database", database])]);
  const done = token === undefined ? "" : `SELECT '${token}';\n`;
  const stdin = `${statements.replace(/\n*$/, "\n")}${done}`;
  return script(connection, line, { stdin, ...(token === undefined ? {} : { token }) });
}

/** 2 refuses every change but that of settings, which the client itself sends. */
export const READ_ONLY = ["--readonly", "2"];

/** `ch --query '…'` for a script. */
export function ask(query: string, ...words: string[]): string {
  return `ch ${shellLine(words)}${words.length > 0 ? " " : ""}--query ${shellWord(query)}`;
}

/** What the work of a run is called at the server, so that it can be found again when Lifeboat is gone. */
export const queryId = (run: string, what: string): string => `lifeboat ${run} ${what}`;
