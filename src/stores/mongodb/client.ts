import { shellLine } from "../../base/quote.ts";
import type { MongodbConnection } from "../../runbook/store-kinds/mongodb.ts";
import type { Command } from "../../step/command.ts";

/** Name of the environment variable that carries the password; never an argument, never in a URL on a command line. */
export const PASSWORD = "MONGODB_PASSWORD";

export interface Client {
  connection: MongodbConnection;
  /** Shown by the server in currentOp, so that what still runs can be found again. */
  appName: string;
}

/** The name a run's sessions have at the server, within its 128 bytes. */
export const appName = (run: string): string => `lifeboat ${run}`;

/** Answers a server that says nothing. */
const PATIENCE = { serverSelectionTimeoutMS: "10000", connectTimeoutMS: "10000" };
const TIMES = [...Object.keys(PATIENCE), "socketTimeoutMS"];

function optionsOf({ connection, appName: name }: Client): Record<string, string> {
  const { options, srv, hosts } = connection;
  const knowsSet = "replicaSet" in options || "directConnection" in options;
  // Otherwise a member of a replica set leads the client to the set's own names, which may not be known from here.
  const direct = srv || hosts.includes(",") || knowsSet ? {} : { directConnection: "true" };
  return { ...direct, ...options, appName: name };
}

/** The connection string without a password and without a database. */
function uriWith({ connection }: Client, options: Record<string, string>): string {
  const { srv, hosts, user } = connection;
  const who = user === "" ? "" : `${encodeURIComponent(user)}@`;
  const query = Object.entries(options).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return `mongodb${srv ? "+srv" : ""}://${who}${hosts}/?${query.join("&")}`;
}

const shellUri = (client: Client): string => uriWith(client, { ...PATIENCE, ...optionsOf(client) });

/**
 * For the tools, which ask for the password and are told the database. Without times: they take the milliseconds of a
 * connection string for seconds (100.7.4: with 10 s for a server that is gone mongorestore waits for hours). Their own
 * are 3 s for a connection and 30 s for a server.
 */
export function toolUri(client: Client): string {
  const options = Object.entries(optionsOf(client)).filter(([name]) => !TIMES.includes(name));
  return uriWith(client, Object.fromEntries(options));
}

export function clientSecrets({ connection }: Client): Record<string, string> {
  return connection.secretKey === undefined ? {} : { [PASSWORD]: connection.secretKey };
}

/** Lines that connect and set `db`; the password comes from the environment of mongosh. */
function prologue(client: Client, database: string): string {
  const full = shellUri(client);
  const at = full.indexOf("@");
  const text =
    client.connection.user === ""
      ? JSON.stringify(full)
      : `${JSON.stringify(`${full.slice(0, at)}:`)} + encodeURIComponent(process.env.${PASSWORD}) + ${JSON.stringify(full.slice(at))}`;
  return `db = new Mongo(${text}).getDB(${JSON.stringify(database)});`;
}

export interface ShellOptions {
  token?: string;
}

const MONGOSH = "mongosh --quiet --norc --nodb --file /dev/stdin";

/**
 * mongosh running a script. It is fed through cat: mongosh opens /dev/stdin by its name, and that cannot be done with
 * the socket that a program's standard input may be.
 */
export function shell(client: Client, database: string, script: string, options: ShellOptions = {}): Command {
  const { token } = options;
  const end = token === undefined ? "" : `\nprint(${JSON.stringify(token)});`;
  return {
    argv: ["sh", "-c", `cat | ${MONGOSH}`],
    stdin: `${prologue(client, database)}\n${script.trim()}${end}\n`,
    env: {},
    secrets: clientSecrets(client),
    ...(token === undefined ? {} : { token }),
  };
}

/** A line of shell that starts one of the tools; it asks for the password and reads it from its standard input. */
export function toolLine(client: Client, program: string, args: readonly string[]): string {
  const line = shellLine([program, `--uri=${toolUri(client)}`, ...args]);
  return client.connection.user === "" ? `${line} < /dev/null` : `printf '%s\\n' "$${PASSWORD}" | ${line}`;
}

export interface ToolRun {
  program: string;
  args: readonly string[];
  /** A shell pattern of the line it has to end with. */
  says: string;
}

/**
 * One of the tools, and then a script of mongosh with a token, given to it only when the tool has said at its end what it
 * should: mongorestore exits 0 although documents failed, mongodump although the collection does not exist. mongosh, which
 * takes about a second to start, does that while the tool works, and waits for its script.
 */
export function toolThen(client: Client, { program, args, says }: ToolRun, script: Command): Command {
  const line = `{ { ${toolLine(client, program, args)} 2>&1 || echo "${program} failed"; } | {
  ok=
  while IFS= read -r line || [ -n "$line" ]; do
    printf '%s\\n' "$line" >&2
    case $line in
      *${says}) ok=yes ;;
      "${program} failed") ok= ;;
    esac
  done
  [ "$ok" = yes ]
} && cat || echo "quit(1)"; } | ${MONGOSH}`;
  return { ...script, argv: ["sh", "-c", line] };
}
