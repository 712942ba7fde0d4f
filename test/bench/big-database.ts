import { execFileSync } from "node:child_process";
import type { BenchServer } from "./server.ts";

const SCHEMA = `
CREATE TABLE accounts (id bigint PRIMARY KEY, name text NOT NULL, plan text NOT NULL);
CREATE TABLE users (id bigint PRIMARY KEY, account_id bigint NOT NULL, email text NOT NULL, settings jsonb NOT NULL);
CREATE TABLE sessions (id bigint PRIMARY KEY, user_id bigint NOT NULL, started_at timestamptz NOT NULL, agent text);
CREATE TABLE events (
  id bigint NOT NULL, session_id bigint NOT NULL, name text NOT NULL, path text NOT NULL,
  amount numeric(10,2), created_at timestamptz NOT NULL, received_at timestamptz NOT NULL);
SELECT setseed(0.42);
INSERT INTO accounts SELECT i, 'Account ' || i, (ARRAY['free','pro','team'])[1 + i % 3] FROM generate_series(1, 5000) i;
INSERT INTO users SELECT i, 1 + i % 5000, 'user' || i || '@example.org', jsonb_build_object('theme', i % 2, 'tz', 'Europe/Oslo')
  FROM generate_series(1, 50000) i;
INSERT INTO sessions SELECT i, 1 + (random() * 49999)::int, timestamptz '2026-01-01' + i * interval '80 s', 'agent ' || i % 50
  FROM generate_series(1, 300000) i;
INSERT INTO events SELECT i, 1 + (random() * 299999)::int, (ARRAY['view','click','signup','purchase'])[1 + (random() * 3)::int],
  '/page/' || (random() * 20000)::int, (random() * 500)::numeric(10,2), at, at + random() * interval '2 s'
  FROM (SELECT i, timestamptz '2026-01-01' + i * interval '7 s' AS at FROM generate_series(1, ROWS) i) s;
ALTER TABLE events ADD PRIMARY KEY (id);
CREATE INDEX events_created_at ON events (created_at);
CREATE INDEX events_session ON events (session_id);
CREATE INDEX events_name_path ON events (name, path);
CREATE INDEX events_received ON events (received_at, session_id);
CREATE INDEX events_amount ON events (amount);
ALTER TABLE users ADD FOREIGN KEY (account_id) REFERENCES accounts;
ALTER TABLE sessions ADD FOREIGN KEY (user_id) REFERENCES users;
ALTER TABLE events ADD FOREIGN KEY (session_id) REFERENCES sessions;
`;

/** psql in the bench's server; what it printed. */
export function psql(server: BenchServer, database: string, sql: string): string {
  const argv = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"];
  return execFileSync("psql", argv, {
    input: sql,
    env: server.env,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "inherit"],
  }).trim();
}

/** About 1 GB with 4 million events and their six indexes. Returns its size in bytes. */
export function fillBigDatabase(server: BenchServer, database: string, rows: number): number {
  psql(server, "postgres", `CREATE DATABASE ${database};`);
  psql(server, database, SCHEMA.replace("ROWS", String(rows)));
  psql(server, database, "VACUUM ANALYZE;");
  psql(server, database, "CHECKPOINT;");
  return Number(psql(server, database, `SELECT pg_database_size('${database}');`));
}
