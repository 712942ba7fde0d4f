import type { Hint } from "../hint.ts";

/** What redis-cli, redis-server and redis-check-rdb say, and what it means. */
export const redisHints: readonly Hint[] = [
  {
    says: /Cannot connect to the Docker daemon at (\S+?)\.? Is the docker daemon running/,
    likely: "no container engine answers at $1",
    next: "start it, or correct engine, DOCKER_HOST or the docker context of the store's host",
  },
  {
    says: /No such container: (\S+)/,
    likely: "there is no container $1: it was removed, or is called otherwise",
    next: "look at docker ps -a, and correct container in system.yaml; a removed one is made anew by whoever made it (docker compose up), on the same volume",
  },
  {
    says: /exec: "(sh|redis-server)": executable file not found/,
    likely: "the image has no $1: it cannot be worked in",
    next: "use an image of Redis that has a shell",
  },
  {
    says: /WRONGPASS|NOAUTH|invalid password|ERR AUTH <password> called/,
    likely: "the password, or the user it belongs to, is wrong or missing",
    next: "correct user and password in system.yaml or the environment",
  },
  {
    says: /NOPERM[^\n]*(?:'([\w|-]+)' command)/,
    likely: "the user may not run $1",
    next: "give the user that right (ACL SETUSER … +$1), or connect as one that has it",
  },
  {
    says: /ERR unknown command '?`?(CONFIG|SHUTDOWN|SYNC|PSYNC|SAVE|EVAL|DEBUG)/i,
    likely: "the command $1 was renamed or disabled in the server's configuration (rename-command)",
    next: "allow it for the time of the work, or follow the runbook by hand",
  },
  {
    says: /Could not connect to Redis at [^\n]*Connection refused/,
    likely: "no Redis server listens there, or it was stopped",
    next: "start the server, or correct server and port; a stopped one can be restored when system.yaml gives its data-folder",
  },
  {
    says: /Unable to turn on AOF/,
    likely: "the append-only file could not be made: a full disk, or a folder it may not write into",
    next: "look into the server's log and at its disk, then go on with lifeboat resume",
  },
  {
    says: /MISCONF/,
    likely: "the server could not save its data to disk, and takes no writes for that",
    next: "look into its log and at its disk; when there is room again: redis-cli BGSAVE, then run again",
  },
  {
    says: /Can't handle RDB format version (\d+)|DB format version (\d+)/,
    likely: "the backup was made by a newer Redis than this one: its RDB version is not known here",
    next: "restore it with that version of Redis or a newer one, or choose an older backup",
  },
  {
    says: /Wrong RDB checksum|RDB CRC error|Unexpected EOF reading RDB|Short read or OOM|Internal error in RDB|Invalid (?:object type|LZF)/i,
    likely: "the RDB file is damaged or was cut off",
    next: "copy it again from where it was made, or choose another backup",
  },
  {
    says: /RDB file contains module data|module type/,
    likely: "the backup holds data of a module that this server does not load",
    next: "install the module, and have the server load it (loadmodule)",
  },
  {
    says: /configured to handle more than (\d+) databases/,
    likely: "the backup holds databases of a higher number than the server has",
    next: "raise `databases` in the server's configuration",
  },
];
