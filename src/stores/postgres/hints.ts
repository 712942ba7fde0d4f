import type { Hint } from "../hint.ts";

/** What psql, pg_dump and pg_restore say, and what it means. */
export const hints: readonly Hint[] = [
  {
    says: /^(psql|pg_\w+|vacuumdb) could not be started: the program/m,
    likely: "$1 is not installed, or not on the PATH",
    next: "install the PostgreSQL client programs (they bring psql, pg_restore, pg_dump and vacuumdb), or correct the PATH",
  },
  {
    says: /FATAL:\s+role "([^"]+)" does not exist/,
    likely: 'the role "$1", which Lifeboat connects as, does not exist on this server',
    next: "correct the store's user in system.yaml, or create the role",
  },
  {
    says: /role "([^"]+)" does not exist/,
    likely: 'the backup\'s objects belong to the role "$1", which this server lacks',
    next: 'CREATE ROLE "$1"; or set owners: skip in the runbook',
  },
  {
    says: /password authentication failed/,
    likely: "the password is wrong",
    next: "correct the password in the environment or the dotenv file",
  },
  {
    says: /no password supplied|fe_sendauth/,
    likely: "the server wants a password and none is configured",
    next: "give the store a password (url or password in system.yaml)",
  },
  {
    says: /extension "([^"]+)" is not available/,
    likely: 'the server lacks the extension "$1"',
    next: "install the package that brings $1 on the server",
  },
  {
    says: /too many connections|remaining connection slots/,
    likely: "the connection limit is reached",
    next: "raise the role's CONNECTION LIMIT or end idle sessions",
  },
  {
    says: /read-only transaction|recovery is in progress/,
    likely: "the server does not take writes",
    next: "point the system at the primary",
  },
  {
    says: /unsupported version \(([^)]+)\) in file header/,
    likely: "the archive was made by a newer pg_dump than this pg_restore",
    next: "install newer PostgreSQL client programs",
  },
  {
    says: /could not uncompress data|crc error|does not appear to be a valid archive/,
    likely: "the archive is damaged: at least one byte was changed",
    next: "copy it again from where it was made, or choose another backup",
  },
  {
    says: /prepared transactions? .*database|is being used by prepared transactions/,
    likely: "a prepared transaction holds the database",
    next: "COMMIT PREPARED or ROLLBACK PREPARED it, after asking its owner",
  },
  {
    says: /terminating connection due to|server closed the connection unexpectedly|the database system is (shutting down|starting up)/,
    likely: "the server was stopped or crashed during the command",
    next: "start the server, look into its log, then run again",
  },
  {
    says: /unrecognized configuration parameter "([^"]+)"/,
    likely: "the dump was made for a newer server: it sets $1",
    next: "use the server's version or newer client programs",
  },
  {
    says: /invalid (?:locale name|LC_COLLATE|LC_CTYPE)[^"]*"([^"]+)"/,
    likely: "the server does not have the locale $1",
    next: "install the locale on the server and restart it, or create the empty database yourself: the copy is made like it",
  },
  {
    says: /sessions that do not end/,
    likely: "a session does not react to being ended",
    next: "look at it on the server: SELECT * FROM pg_stat_activity",
  },
];
