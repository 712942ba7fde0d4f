import { z } from "zod";
import { join } from "node:path/posix";
import { shellLine, shellWord } from "../../base/quote.ts";
import { counted, sizeInWords } from "../../base/size.ts";
import type { InfluxdbConnection } from "../../runbook/store-kinds/influxdb-connection.ts";
import type { Command } from "../../step/command.ts";
import type { Identity } from "../../step/identity.ts";
import { parseAnswer, rowsOf, type Series } from "./answer.ts";
import { askFunction, influx, script, tell } from "./client.ts";

const shardSchema = z.object({
  database: z.string(),
  policy: z.string(),
  id: z.number(),
  /** RFC 3339. */
  start: z.string(),
  end: z.string(),
  expires: z.string(),
});
export type Shard = z.infer<typeof shardSchema>;

export const factsSchema = z.object({
  /** The one that is asked about. */
  database: z.string(),
  version: z.string(),
  hostname: z.string(),
  processId: z.number().default(0).describe("as the server sees itself; 0 when it does not say"),
  address: z.string(),
  dataFolder: z.string(),
  walFolder: z.string(),
  databases: z.array(z.string()),
  shards: z.array(shardSchema),
  /** Bytes on disk of each database. */
  bytes: z.record(z.string(), z.number()),
  queries: z.array(z.object({ database: z.string(), name: z.string(), query: z.string() })),
  subscriptions: z.array(z.object({ database: z.string(), name: z.string() })),
  grants: z.array(z.object({ user: z.string(), database: z.string(), privilege: z.string() })),
});

/** What a server says about itself and its databases. */
export type InfluxFacts = z.infer<typeof factsSchema>;

const QUESTIONS = [
  "SHOW DIAGNOSTICS",
  "SHOW DATABASES",
  "SHOW SHARDS",
  "SHOW STATS FOR 'shard'",
  "SHOW CONTINUOUS QUERIES",
  "SHOW SUBSCRIPTIONS",
].join("; ");

/**
 * Read-only. Privileges are asked for each user who is no admin: DROP DATABASE takes them away and a restore does not
 * bring them back (tried), so they have to be known.
 */
export function factsCommand(connection: InfluxdbConnection, database: string): Command {
  const json = shellLine(influx(connection, "json"));
  return script(connection, [
    askFunction(connection),
    `printf '%s\\n' ${shellWord(database)}`,
    ...whenStopped(connection),
    `printf '%s\\n' "${QUESTIONS}" | ${json}`,
    // Names of users who are no admin, out of comma separated values.
    `users=$(${tell("SHOW USERS")} | sed -n 's/,false$//p' | sed -e 's/^"\\(.*\\)"$/\\1/' -e 's/""/"/g')`,
    `if [ -z "$users" ]; then exit 0; fi`,
    String.raw`printf '%s\n' "$users"`,
    String.raw`printf '%s\n' "$users" | sed -e 's/["\\]/\\&/g' -e 's/.*/SHOW GRANTS FOR "&";/' | ${json}`,
  ]);
}

/** One statement may have several results, so series are told by their columns. */
const withColumns = (all: readonly Series[], columns: string): Series[] =>
  all.filter((one) => one.columns.join().startsWith(columns));

/** A server that does not start can still be restored offline: its folders are all that has to be there. */
function whenStopped({ offline }: InfluxdbConnection): string[] {
  if (offline === undefined) return [];
  const data = shellWord(join(offline.folder, "data"));
  return [
    `if [ -d ${data} ] && ! printf 'SHOW DATABASES\\n' | ask >/dev/null 2>&1 && ! printf 'SHOW DATABASES\\n' | ask 2>&1 | grep -q auth; then`,
    `  printf '{"stopped":"%s"}\\n' "$(uname -n)"; ls -1 ${data}; exit 0; fi`,
  ];
}

const stoppedSchema = z.object({ stopped: z.string() });

/** What is known of a server that does not answer: the names of its databases' folders. */
function stoppedFacts(database: string, line: string, databases: readonly string[]): InfluxFacts | undefined {
  const found = stoppedSchema.safeParse(line.startsWith('{"stopped"') ? JSON.parse(line) : undefined);
  if (!found.success) return undefined;
  return {
    database,
    version: "",
    hostname: found.data.stopped,
    processId: 0,
    address: "",
    dataFolder: "",
    walFolder: "",
    databases: databases.filter((name) => name !== ""),
    shards: [],
    bytes: {},
    queries: [],
    subscriptions: [],
    grants: [],
  };
}

/** "database=g,engine=tsm1,…" of SHOW STATS; a series has its tags apart in JSON. */
const statsSchema = z.object({
  results: z.array(
    z.object({
      series: z
        .array(
          z.object({
            name: z.string().default(""),
            tags: z.record(z.string(), z.string()).optional(),
            columns: z.array(z.string()),
            values: z.array(z.array(z.unknown())).default([]),
          }),
        )
        .default([]),
    }),
  ),
});

function bytesByDatabase(line: string): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const { tags, columns, values } of statsSchema
    .parse(JSON.parse(line))
    .results.flatMap(({ series }) => series)) {
    const database = tags?.["database"] ?? "";
    const found = Number(values[0]?.[columns.indexOf("diskBytes")] ?? 0);
    sizes[database] = (sizes[database] ?? 0) + (Number.isFinite(found) ? found : 0);
  }
  return sizes;
}

export function parseFacts(stdout: string): InfluxFacts {
  const [database = "", line = "", ...about] = stdout.trimEnd().split("\n");
  const stopped = stoppedFacts(database, line, about);
  if (stopped) return stopped;
  const all = parseAnswer(line).flat();
  const said = (part: string, key: string): string | undefined =>
    all.filter((one) => one.name === part && one.columns.includes(key)).flatMap(rowsOf)[0]?.[key];
  const users = about.slice(0, -1);
  const grants = users.length > 0 ? parseAnswer(about.at(-1) ?? "") : [];
  return factsSchema.parse({
    database,
    version: said("build", "Version"),
    hostname: said("network", "hostname"),
    processId: Number(said("system", "PID") ?? 0),
    address: said("config-httpd", "bind-address"),
    dataFolder: said("config-data", "dir"),
    walFolder: said("config-data", "wal-dir"),
    databases: all
      .filter(({ name, columns }) => name === "databases" && columns.join() === "name")
      .flatMap(rowsOf)
      .map((row) => row["name"]),
    shards: withColumns(all, "id,database")
      .flatMap(rowsOf)
      .map((row) => ({
        database: row["database"],
        policy: row["retention_policy"],
        id: Number(row["id"]),
        start: row["start_time"],
        end: row["end_time"],
        expires: row["expiry_time"],
      })),
    bytes: bytesByDatabase(line),
    queries: withColumns(all, "name,query").flatMap((series) =>
      rowsOf(series).map(({ name, query }) => ({ database: series.name, name, query })),
    ),
    subscriptions: withColumns(all, "retention_policy,name,mode").flatMap((series) =>
      rowsOf(series).map(({ name }) => ({ database: series.name, name })),
    ),
    grants: users.flatMap((user, at) =>
      (grants[at] ?? [])
        .flatMap(rowsOf)
        .map((row) => ({ user, database: row["database"], privilege: row["privilege"] })),
    ),
  });
}

export function identityOf(facts: InfluxFacts): Identity {
  return {
    hostname: facts.hostname,
    version: facts.version,
    databaseExists: exists(facts),
  };
}

/** It does not answer, and only its folders were looked at. */
export const isStopped = ({ version }: InfluxFacts): boolean => version === "";

export const exists = (facts: InfluxFacts): boolean => facts.databases.includes(facts.database);

/** "InfluxDB 1.6.7 on db1, 2.1 GB in 12 shards". */
export function describeFacts(facts: InfluxFacts): string {
  if (isStopped(facts)) return `InfluxDB on ${facts.hostname}, stopped or not answering`;
  const server = `InfluxDB ${facts.version} on ${facts.hostname}`;
  if (!exists(facts)) return `${server}, the database does not exist`;
  const shards = facts.shards.filter(({ database }) => database === facts.database).length;
  return `${server}, ${sizeInWords(facts.bytes[facts.database] ?? 0)} in ${counted(shards, "shard")}`;
}
