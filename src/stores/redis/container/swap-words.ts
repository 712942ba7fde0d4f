import { shellWord } from "../../../base/quote.ts";
import type { RedisConnection } from "../../../runbook/store-kinds/redis-connection.ts";
import { NOBODY } from "../client.ts";
import { FENCE, SETTINGS } from "../swap-words.ts";
import type { ContainerFiles } from "./files.ts";
import type { ContainerWay } from "./way.ts";

/** What the scripts of a swap in a container work on. */
export interface ContainerPlace {
  way: ContainerWay;
  connection: RedisConnection;
  files: ContainerFiles;
  copy: string;
  kept: string;
  /** It answered before the run. */
  answered: boolean;
  /** The engine had it running, or starting again and again: taking the run back starts it. */
  wasUp: boolean;
}

/** Names for the scripts that move files; they run in a helper container, with the server's volumes. */
export const fileWords = ({ files, copy, kept }: ContainerPlace): string =>
  `dir=${shellWord(files.dir)} file=${shellWord(files.file)} append=${shellWord(files.append)} log=${shellWord(files.appendFile)}
kept=${shellWord(kept)} copy=${shellWord(copy)}
fail() { printf '%s\\n' "$*" >&2; exit 1; }
set -e`;

/** A script that moves files, as a word for `door` or `look`. */
export const filesWord = (place: ContainerPlace, script: string): string =>
  shellWord(`${fileWords(place)}\n${script}`);

/** Settings of the server, and how far the swap came: none, begun (files may have been moved), placed. */
export const containerWords = (place: ContainerPlace): string =>
  `${SETTINGS}
stage() {
  look ${filesWord(place, `if [ -e "$kept/placed" ]; then echo placed; elif [ -e "$kept/begun" ]; then echo begun; elif [ -d "$kept" ]; then echo noted; else echo none; fi`)}
}`;

/** Stops the container by its engine, which keeps a restart policy from starting it again, and sees that it is. */
export const STOP = `docker stop -t 60 "$id" >/dev/null || fail "docker could not stop the container"
case $(state) in exited | created | dead) ;; *) fail "the container was stopped, and runs again: whoever starts it has to be stopped first" ;; esac`;

/** Files are only moved while nobody works on them. */
export const NOT_UP = `case $(state) in exited | created | dead) ;; *) fail "the container runs again: it was stopped for the restore, and somebody has started it" ;; esac`;

const FENCED = `no=0
while :; do
  said=$(CLI CONFIG SET min-replicas-to-write ${FENCE} 2>&1)
  case $said in
  OK) break ;;
  ${NOBODY}) no=$((no + 1)); [ $no -lt 1200 ] || { echo "it was started, and nobody listens" >&2; exit 1; }; sleep 0.05 ;;
  *) printf '%s\\n' "$said" >&2; exit 1 ;;
  esac
done
CLI CONFIG SET min-replicas-max-lag 10 >/dev/null
while :; do
  said=$(CLI PING 2>&1)
  case $said in PONG | MISCONF*) break ;; LOADING*) sleep 0.05 ;; *) printf '%s\\n' "$said" >&2; exit 1 ;; esac
done`;

/**
 * Keeps writes out as soon as the server that was started can be told so, while it still loads in the best case: its start
 * command is the container's, and nothing can be added to it. Waits until it has loaded.
 */
export const fenceAtOnce = ({ way }: ContainerPlace, cli: string): string =>
  `inside ${shellWord(FENCED.replaceAll("CLI", cli))} || {
  docker logs --tail 6 "$id" >&2
  fail "the server in ${way.words} did not come up; the engine says of its container: $(state)"
}`;
