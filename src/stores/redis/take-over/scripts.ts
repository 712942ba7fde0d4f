import { shellLine, shellWord } from "../../../base/quote.ts";
import type { Command } from "../../../step/command.ts";
import { ANSWERS, liveScript, localScript } from "../client.ts";
import { COPY_CLI, COPY_FILE } from "../copy-server.ts";
import { FENCE, type SwapPlace, swapWords, unfence } from "../swap-words.ts";
import { takeScript } from "../take-script.ts";

/**
 * A server that is its pod's own process can neither be stopped from inside, where that ends the script as well, nor
 * started on other files. It takes over what a copy's server holds instead, as that server's replica, and is a master again
 * when it has all of it: one load, no restart, and an append-only file that it writes itself.
 */

/** What the old data is called in `kept`: a snapshot, whole and read, from before anything was changed. */
export const BEFORE = "before.rdb";

/** Keeps writes out, then keeps what the server holds. A snapshot of an attempt before is never written over. */
export function keepCommand(place: SwapPlace, token: string): Command {
  const lift = unfence(place.files).replace("\n", "; ");
  return liveScript(
    place.connection,
    `${swapWords(place)}
give_up() { (${lift}); fail "$*"; }
if [ ! -e "$kept/begun" ]; then
  said=$(live PING 2>&1)
  case $said in ${ANSWERS}) ;; *) fail "$said" ;; esac
  [ -z "$(setting masterauth)" ] || fail "the server would send its masterauth to the copy: redis-cli CONFIG SET masterauth '' first, and back afterwards"
  mkdir -p -m 700 "$kept" || fail "$kept could not be made"
  trap 'give_up "it was interrupted"' HUP INT TERM
  setto min-replicas-max-lag 10
  setto min-replicas-to-write ${FENCE}
  (${takeScript('"$kept/new.rdb"')}) || give_up "what the server holds could not be kept"
  redis-check-rdb "$kept/new.rdb" > "$kept/read" 2>&1 || give_up "the snapshot of what it holds is not whole: $(tail -n 2 "$kept/read")"
  rm -f "$kept/read"
  live INFO keyspace > "$kept/keys" || give_up "the server does not answer any more"
  mv "$kept/new.rdb" "$kept/${BEFORE}" && sync "$kept" 2>/dev/null || sync
  trap - HUP INT TERM
fi
echo ${token}`,
    token,
  );
}

/** `take_over FOLDER`: all that the server of a folder holds. Works with what `swapWords` says. */
const TAKE_OVER = `copy() { (unset REDISCLI_AUTH; exec ${COPY_CLI} "$@"); }
written() {
  while :; do
    info=$(live INFO persistence) || fail "the server does not answer any more"
    case $info in *aof_rewrite_in_progress:1* | *aof_rewrite_scheduled:1* | *rdb_bgsave_in_progress:1*) sleep 0.05 ;; *) break ;; esac
  done
}
take_over() {
  cd "$1" || exit 1
  for each in "bind 127.0.0.1" "repl-diskless-sync-delay 0"; do
    said=$(copy CONFIG SET $each 2>&1); [ "$said" = OK ] || fail "the copy's server: CONFIG SET $each: $said"
  done
  port= tries=0
  until [ -n "$port" ]; do
    try=$((20000 + ($$ * 7 + tries * 131) % 40000)) tries=$((tries + 1))
    said=$(copy CONFIG SET port $try 2>&1)
    case $said in OK) port=$try ;; *) [ $tries -lt 50 ] || fail "the copy's server found no port: $said" ;; esac
  done
  said=$(live REPLICAOF 127.0.0.1 "$port" 2>&1)
  case $said in OK*) ;; *) fail "REPLICAOF: $said" ;; esac
  tries=0
  while :; do
    info=$(live INFO replication) || fail "the server does not answer any more"
    case $info in
    *master_link_status:up*) break ;;
    *master_sync_in_progress:1*) tries=0 ;;
    *) tries=$((tries + 1)); [ $tries -lt 600 ] || { live REPLICAOF NO ONE >/dev/null; fail "it could not take over what the copy's server holds: look into its log"; } ;;
    esac
    sleep 0.05
  done
  said=$(live REPLICAOF NO ONE 2>&1)
  case $said in OK*) ;; *) fail "REPLICAOF NO ONE: $said" ;; esac
  copy CONFIG SET port 0 >/dev/null
  written
  if [ "$(setting appendonly)" = yes ]; then
    case $info in *aof_last_bgrewrite_status:ok*) ;; *) fail "the append-only file could not be written: look into the server's log and at its disk" ;; esac
  else
    said=$(live SAVE 2>&1); [ "$said" = OK ] || fail "what it holds now could not be saved: $said"
  fi
}`;

export function takeOverCommand(place: SwapPlace, token: string): Command {
  return liveScript(
    place.connection,
    `${swapWords(place)}
${TAKE_OVER}
: > "$kept/begun" && { sync "$kept" 2>/dev/null || sync; }
take_over "$copy"
: > "$kept/placed"
live INFO keyspace
echo ${token}`,
    token,
  );
}

/** DONE when it is a master again that has taken the copy over, and takes no writes yet. */
export function takeOverProbe(place: SwapPlace): Command {
  return liveScript(
    place.connection,
    `${swapWords(place)}
[ -d "$kept" ] || { echo 'NOT DONE'; exit; }
if [ -e "$kept/placed" ] && [ "$(live PING 2>/dev/null)" = PONG ] && live INFO replication | grep -q '^role:master' && [ "$(setting min-replicas-to-write)" = ${FENCE} ]; then echo DONE; else echo PARTLY; fi`,
  );
}

/** Where the old data is loaded once more, for the way back. */
export const undoFolder = ({ kept }: SwapPlace): string => `${kept}/undo`;

/** Only where something was begun: before that the old data is still in place. */
const ifBegun = ({ kept }: SwapPlace): string => `[ -e ${shellWord(`${kept}/begun`)} ] || exit 0`;

/** The old data, loaded by a server of its own, is taken over like the copy's was. Each can be repeated. */
export function takeBackCommands(
  place: SwapPlace,
  start: Command,
  awaited: Command,
  remove: Command,
): Command[] {
  const folder = shellWord(undoFolder(place));
  return [
    localScript(`${ifBegun(place)}
kept=${shellWord(place.kept)}
mkdir -p -m 700 ${folder} || exit 1
ln -f "$kept/${BEFORE}" ${folder}/${COPY_FILE} 2>/dev/null || cp -p "$kept/${BEFORE}" ${folder}/${COPY_FILE}`),
    {
      ...localScript(`${ifBegun(place)}
[ "$(cd ${folder} && ${COPY_CLI} PING 2>/dev/null)" = PONG ] || exec ${shellLine(start.argv)}`),
      stays: true,
    },
    localScript(`${ifBegun(place)}\n${shellLine(awaited.argv)}`),
    liveScript(
      place.connection,
      `${swapWords(place)}
${TAKE_OVER}
[ -d "$kept" ] || exit 0
lasting() { tr -d '\\r' | sed -n 's/^db\\([0-9]*\\):keys=\\([0-9]*\\),expires=\\([0-9]*\\).*/\\1 \\2 \\3/p' | while read -r db keys expires; do [ "$keys" = "$expires" ] || echo "$db $((keys - expires))"; done; }
if [ -e "$kept/begun" ]; then
  take_over ${folder}
  now=$(live INFO keyspace | lasting) before=$(lasting < "$kept/keys")
  [ "$now" = "$before" ] || fail "the server does not hold what it held: keys without TTL by database were $before, are $now; a snapshot of all of it: $kept/${BEFORE}"
fi
${unfence(place.files)}`,
    ),
    remove,
    localScript(`rm -rf ${shellWord(place.kept)}`),
  ];
}
