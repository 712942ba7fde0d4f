import type { Hint } from "../hint.ts";

/** What influx and influxd say, and what it most likely means. */
export const hints: readonly Hint[] = [
  {
    says: /authorization failed|unable to parse authentication credentials/,
    likely: "the server wants a user and a password, and these are wrong or not given",
    next: "give the store user and password in system.yaml (password: ${NAME}), of an admin user",
  },
  {
    says: /error authorizing query: (\S+) not authorized to execute statement/,
    likely: "the user $1 is no admin, and only an admin may list shards, drop and create databases",
    next: "give the store an admin user",
  },
  {
    says: /create admin user first or disable authentication/,
    likely: "authentication is on and the server has no admin user yet",
    next: "CREATE USER … WITH ALL PRIVILEGES on the server, and give it to the store in system.yaml",
  },
  {
    says: /Please check your connection settings and ensure 'influxd' is running/,
    likely: "no InfluxDB answers at this address",
    next: "start it, or correct the store's server and port in system.yaml",
  },
  {
    says: /no answer from the backup service at (\S+)|Download shard 0 failed/,
    likely:
      "the backup and restore service is closed: bind-address in influxdb.conf (127.0.0.1:8088 by default: only from the server itself)",
    next: "correct backup-server and backup-port in system.yaml, or the bind-address of the server",
  },
  {
    says: /engine is closed|shard is disabled/,
    likely:
      "a restored shard did not open: for a moment that is usual, for longer it means that the disk is full or the shard is damaged",
    next: "look at the server's log and at the free space of its data folder",
  },
  {
    says: /DB metadata not changed\. database may already exist/,
    likely:
      "a database of that name was made anew meanwhile (Telegraf does that), or the backup has no shard of it",
    next: "stop what writes to it, and try again",
  },
  {
    says: /^ERR: database not found: (\S+)/m,
    likely: "there is no database $1",
    next: "correct the store's database in system.yaml",
  },
];
