import type { Hint } from "../hint.ts";

/** What clickhouse-client says, and what it means. */
export const clickhouseHints: readonly Hint[] = [
  {
    says: /DB::Exception: (?:Wrong password|Password required|[^\n]*Authentication failed)/,
    likely: "the password, or the user it belongs to, is wrong or missing",
    next: "correct user and password in system.yaml or the environment",
  },
  {
    says: /DB::NetException: Connection refused \(([^)]*)\)/,
    likely: "no ClickHouse server listens at $1 (the native port, 9000 by default, and not 8123)",
    next: "start the server, or correct server and port",
  },
  {
    says: /SSL Exception: [^\n]*certificate verify failed/,
    likely: "the server's certificate is signed by nobody this machine trusts",
    next: "add its authority to the machine's certificates, or name it by SSL_CERT_FILE in the environment",
  },
  {
    says: /DB::NetException|Unexpected packet from server|Attempt to read after eof[^\n]*(?:socket|server|receiving packet)/,
    likely: "the connection was lost: the server was stopped, or something else listens there",
    next: "look whether the server runs, then go on: what was half done is cleared first",
  },
  {
    says: /Cannot (?:create|drop|insert|alter|rename|execute)[^\n]* in readonly mode|Not enough privileges/i,
    likely: "the user may not do this",
    next: "connect as a user that may create, drop and rename tables and databases",
  },
  {
    says: /Code: 359\b|was not dropped\.?\s+Reason:/,
    likely:
      "a partition is larger than max_partition_size_to_drop (50 GB by default), which the server refuses to drop",
    next: "allow it once, on the server: touch <data folder>/flags/force_drop_table && chmod 666 it; then again",
  },
  {
    says: /Code: 57\b|Table [^\n]* already exists/,
    likely: "a table of that name is there already",
    next: "look who made it; Lifeboat replaces nothing it did not make",
  },
  {
    says: /Code: 252\b|Too many parts/,
    likely: "more parts came in than were merged; merges of this table wait until it is proven",
    next: "raise parts_to_throw_insert in the server's <merge_tree> settings for the time of the restore",
  },
  {
    says: /Code: 33\b|Cannot read all data/,
    likely: "the file ends in the middle of a block, or is no Native file",
    next: "copy it again from where it was made, or choose another backup",
  },
  {
    says: /Code: 241\b|Memory limit \([^)]*\) exceeded/,
    likely: "the query needed more memory than the user's profile allows",
    next: "raise max_memory_usage of the profile for the time of the restore",
  },
  {
    says: /Code: 243\b|Cannot reserve [^\n]* not enough space|No space left on device[^\n]*(?:clickhouse|DB::)/,
    likely: "the disk of the server is full",
    next: "make room there, then go on: what was half done is cleared first",
  },
];
