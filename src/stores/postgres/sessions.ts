import { applicationName } from "./client.ts";
import { doBlock, ident, literal } from "./identifiers.ts";

/**
 * psql lines that close a database to new sessions, end the present ones and prove there are none.
 * The fence keeps superusers out too; reconnecting clients are refused instead of winning the race.
 * Waits up to 5 s for sessions to end, as a backend in a long system call needs a moment.
 */
export function quiesceLines(database: string): string {
  return `ALTER DATABASE ${ident(database)} ALLOW_CONNECTIONS false;
SELECT count(pg_terminate_backend(pid)) || ' sessions ended' FROM pg_stat_activity
  WHERE datname = ${literal(database)} AND pid <> pg_backend_pid();
${doBlock(`DECLARE remaining int; holders text;
BEGIN
  FOR i IN 1..500 LOOP
    PERFORM pg_stat_clear_snapshot();
    SELECT count(*), string_agg(format('pid %s (%s)', pid, coalesce(nullif(application_name, ''), backend_type)), ', ')
      INTO remaining, holders FROM pg_stat_activity WHERE datname = ${literal(database)};
    EXIT WHEN remaining = 0;
    PERFORM pg_sleep(0.01);
  END LOOP;
  IF remaining > 0 THEN RAISE EXCEPTION 'sessions that do not end: %', holders; END IF;
END`)}`;
}

export function resumeLines(database: string): string {
  return `ALTER DATABASE ${ident(database)} ALLOW_CONNECTIONS true;`;
}

/** Sets :name to whether a database exists, for \if. */
export function existsVariable(variable: string, database: string): string {
  return `SELECT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(database)}) AS ${variable} \\gset`;
}

const ofRun = (run: string): string =>
  `FROM pg_stat_activity WHERE application_name = ${literal(applicationName(run))} AND pid <> pg_backend_pid()`;

/** A line for each session of a run: what it does and since when. */
export function sessionsOfRun(run: string): string {
  return `SELECT format('server process %s in %s: %s', pid, datname, left(regexp_replace(query, '\\s+', ' ', 'g'), 80)) ${ofRun(run)};`;
}

export function endSessionsOfRun(run: string): string {
  return `SELECT count(pg_terminate_backend(pid)) ${ofRun(run)};
DO $lifeboat$ BEGIN
  FOR i IN 1..500 LOOP
    PERFORM pg_stat_clear_snapshot();
    EXIT WHEN NOT EXISTS (SELECT ${ofRun(run)});
    PERFORM pg_sleep(0.01);
  END LOOP;
END $lifeboat$;`;
}
