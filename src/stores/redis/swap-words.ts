import { shellLine, shellWord } from "../../base/quote.ts";
import type { RedisConnection } from "../../runbook/store-kinds/redis-connection.ts";
import type { LiveFiles } from "./live-files.ts";
import { NOBODY } from "./client.ts";

/**
 * While it is set a server answers questions and takes no writes: nobody has that many replicas. Every version knows it, it
 * can be given at the start and lifted without one, and it tells a server of this run from one that somebody else started.
 */
export const FENCE = "9999";

/** What the scripts of a swap work on. */
export interface SwapPlace {
  connection: RedisConnection;
  files: LiveFiles;
  copy: string;
  kept: string;
  /** A server that was stopped before the run is not started by taking the run back: its files may be why it was. */
  wasRunning: boolean;
}

/** The settings of the server that answers, read and set; needs `live` and `fail`. */
export const SETTINGS = `setting() { live CONFIG GET "$1" | sed -n 2p; }
setto() { said=$(live CONFIG SET "$1" "$2" 2>&1); [ "$said" = OK ] || fail "CONFIG SET $1 $2: $said"; }`;

/** Names for the scripts, and what all of them need. */
export function swapWords({ files, copy, kept }: SwapPlace): string {
  return `dir=${shellWord(files.dir)} file=${shellWord(files.file)} append=${shellWord(files.append)}
kept=${shellWord(kept)} copy=${shellWord(copy)}
fail() { printf '%s\\n' "$*" >&2; exit 1; }
${SETTINGS}`;
}

/**
 * Whether the configuration file of the server that answers has the append-only file on, the last line of several counts.
 * Then a restart by other means looks for that file and passes over the restored one: without it, it comes up empty.
 */
export const CONF_ON = `conf_on() {
  conf=$(live INFO server | tr -d '\\r' | sed -n 's/^config_file://p')
  [ -n "$conf" ] && grep -Ei '^[[:space:]]*appendonly[[:space:]]' "$conf" 2>/dev/null | tail -n 1 | grep -Eqi '[[:space:]]"?yes'
}`;

/** Lifts the fence: the numbers are as they were. */
export const unfence = ({ minReplicas, maxLag }: LiveFiles): string =>
  `setto min-replicas-to-write ${shellWord(minReplicas)}
setto min-replicas-max-lag ${shellWord(maxLag)}`;

/** Stops a server that answers; everything that has to be on disk is there. */
export function stopLines({ connection }: SwapPlace, fail = "fail"): string {
  if (connection.stop !== undefined)
    return `env -u REDISCLI_AUTH ${shellLine(connection.stop)} || ${fail} "it could not be stopped"`;
  return `said=$(live SHUTDOWN NOSAVE 2>&1)
case $said in NOPERM* | ERR* | NOAUTH*) ${fail} "SHUTDOWN: $said" ;; esac`;
}

/** Servers whose folder this is, whatever port they have; `dir` is set. */
export const WORKING = `working() {
  find -L /proc/[0-9]*/cwd -maxdepth 0 -samefile "$dir" 2>/dev/null | while IFS=/ read -r _ _ pid _; do
    case $(cat "/proc/$pid/comm" 2>/dev/null) in *redis* | *valkey* | *keydb*) echo "$pid" ;; esac
  done
}`;

/** Waits until nobody listens and no server works in the folder. */
export const GONE = `${WORKING}
tries=0
while :; do
  case $(live PING 2>&1) in ${NOBODY}) pids=$(working); [ -z "$pids" ] && break ;; esac
  tries=$((tries + 1))
  [ $tries -gt 600 ] && fail "it is still there\${pids:+ (process $pids)}, or something starts it again at once: if it is supervised, give stop and start in system.yaml"
  sleep 0.05
done`;

/** Waits until the server that was started answers; while it loads it says so. */
export const awaitLines = ({ files }: SwapPlace): string => `tries=0
while :; do
  said=$(live PING 2>&1)
  case $said in
  PONG | MISCONF*) break ;;
  LOADING*) ;;
  ${NOBODY})
    tries=$((tries + 1))
    [ $tries -gt 600 ] && { ${files.logFile === "" ? "" : `tail -n 6 ${shellWord(files.logFile)} >&2; `}fail "it was started, and nobody listens: look into its log"; } ;;
  *) fail "$said" ;;
  esac
  sleep 0.05
done`;

/** `start` of system.yaml with settings at its end. */
export function startArgv({ connection, files }: SwapPlace, append: "yes" | "no"): string[] {
  const start = connection.start ?? ["redis-server"];
  // As a word of its own: behind sudo, setpriv and the like too.
  const isServer = start.some((word) => /(?:^|\/)(?:redis|valkey|keydb)-server$/.test(word));
  const where = ["--dir", files.dir, "--dbfilename", files.file, "--appendonly", append];
  const fence = ["--min-replicas-to-write", FENCE, "--min-replicas-max-lag", "10"];
  // Otherwise it would never return.
  const daemon = isServer ? ["--daemonize", "yes"] : [];
  return [...start, ...where, ...fence, ...daemon];
}
