import { execFile } from "node:child_process";
import { withClient } from "../helpers/redis.ts";
import { connectRedis } from "../helpers/redis-client.ts";
import { type RedisSnapshot, snapshotRedis } from "../helpers/redis-snapshot.ts";

/*
 * Eyes and hands that are not Lifeboat's: what stores hold is filled in and read by clients of the tests' own.
 */

/** A client program of this machine; what it printed. */
export type Client = (
  argv: readonly string[],
  how?: { env?: Record<string, string>; input?: string },
) => Promise<string>;

/** Client programs with this environment. */
export const clientOf =
  (env: Record<string, string>): Client =>
  ([program = "", ...words], how) =>
    new Promise((done, failed) => {
      const options = { env: { ...env, ...how?.env }, maxBuffer: 1 << 28 };
      const child = execFile(program, words, options, (error, stdout, stderr) => {
        if (error) failed(new Error(`${program} ${words.join(" ")}: ${stderr.trim() || error.message}`));
        else done(stdout.trimEnd());
      });
      child.stdin?.on("error", () => undefined).end(how?.input ?? "");
    });

interface HasClient {
  client: Client;
}

export interface Database {
  sql(text: string): Promise<string>;
  /** A line for each table, rows and content. */
  sums(tables: readonly string[]): Promise<string>;
}

export interface Where {
  port: number;
  user: string;
  password: string;
  database: string;
}

const sumOf = (table: string): string =>
  `SELECT '${table}', count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM "${table}" t;`;

/** A PostgreSQL database behind a published port. */
export function databaseAt({ client }: HasClient, { port, user, password, database }: Where): Database {
  const where = ["-h", "127.0.0.1", "-p", String(port), "-U", user, "-d", database];
  const sql: Database["sql"] = (text) =>
    client(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", ...where], {
      env: { PGPASSWORD: password },
      input: text,
    });
  return { sql, sums: (tables) => sql(tables.map(sumOf).join("\n")) };
}

export interface Cache {
  cli(...words: string[]): Promise<string>;
  snapshot(): Promise<RedisSnapshot>;
}

/** A Redis server behind a published port. */
export function cacheAt({ client }: HasClient, port: number, password: string): Cache {
  return {
    cli: (...words) =>
      client(["redis-cli", "-p", String(port), ...words], { env: { REDISCLI_AUTH: password } }),
    snapshot: () =>
      withClient(async () => {
        const opened = await connectRedis({ port });
        await opened.send("AUTH", password);
        return opened;
      }, snapshotRedis),
  };
}

/** What an application answers: its status and its JSON. */
export async function asked(
  url: string,
  body?: Record<string, string>,
): Promise<[status: number, json: unknown]> {
  const headers = { "content-type": "application/json" };
  const how = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(url, how);
  return [answer.status, await answer.json()];
}
