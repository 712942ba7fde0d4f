import type { Hint } from "../hint.ts";

/** What mongosh and the tools say, and what it means. */
export const hints: readonly Hint[] = [
  {
    says: /\(AuthenticationFailed\)|MongoServerError: Authentication failed/,
    likely: "the user or the password is not right, or the user is known to another database",
    next: "check user, password and authSource (auth-database) in system.yaml",
  },
  {
    says: /MongoNetworkError: connect ECONNREFUSED|server selection (?:error|timeout)[^]*connection refused/,
    likely: "no server listens there: it is stopped, or the port is another",
    next: "start it, or correct url in system.yaml",
  },
  {
    says: /E11000 duplicate key/,
    likely: "documents with the same key were there already: something else writes into the copy",
    next: "look at what still runs for this run, then run again",
  },
  {
    says: /createIndex error: \((\w+)\)/,
    likely:
      "the server refuses an index of the backup ($1): it is older than the one it was taken from, or has not this kind of index",
    next: "restore to a server of the version the backup was taken from",
  },
  {
    says: /not authorized on (\S+) to execute command/,
    likely: "the user may not do this on $1",
    next: "give it the roles readWrite and dbAdmin on the database (restore and backup on admin do as well)",
  },
  {
    says: /corruption found in archive|error demultiplexing archive/,
    likely: "the archive was cut off or changed on its way",
    next: "copy it again from where it was made, or choose another backup",
  },
  {
    says: /could not extend file[^]*No space left on device|database or disk is full|WiredTiger error[^]*No space left/,
    likely: "the server's disk is full",
    next: "make room on the server's disk, then run again: what was restored so far is removed first",
  },
];
