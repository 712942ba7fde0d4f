import type { Command } from "../../step/command.ts";
import { type Client, sql } from "./client.ts";
import { literal } from "./identifiers.ts";

const TAKEN = "lifeboat has the lock";

/** The key of a database's lock: the same from every machine. Another program with this very key is not to be expected. */
const key = (database: string): string => `hashtextextended(${literal(`lifeboat ${database}`)}, 0)`;

/** Sessions that hold the lock now. pg_locks shows a bigint key as two halves. */
const holders = (database: string): string => `FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND (l.classid::bigint << 32 | l.objid::bigint) = ${key(database)}`;

/**
 * A psql session that takes the advisory lock of a database and keeps it as long as its standard input is open: two jump
 * hosts with two homes exclude each other. Prints that it has it, or who does. `takeOver` ends the holder's session first.
 * The lock lies in the maintenance database, because the database itself is renamed and dropped.
 */
export function lockCommand(client: Client, database: string, run: string, takeOver: boolean): Command {
  const own = { ...client, applicationName: `lifeboat-lock ${run.slice(-49)}` };
  const end = takeOver ? `SELECT pg_terminate_backend(l.pid, 2000) ${holders(database)} \\gset ended_\n` : "";
  const script = `${end}SELECT pg_try_advisory_lock(${key(database)}) AS got \\gset
\\if :got
\\echo ${TAKEN}
\\else
SELECT format('%s from %s, since %s', a.application_name, coalesce(host(a.client_addr), 'the server itself'), a.backend_start)
  ${holders(database)} LIMIT 1;
\\echo somebody
\\endif
`;
  return sql(own, client.connection.maintenanceDatabase, script);
}

/** Who holds the lock, by the first line of the session; undefined when this session does. */
export function lockHolder(firstLine: string): string | undefined {
  return firstLine === TAKEN ? undefined : firstLine;
}
