import { shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import { ANSWERS, liveScript, localScript, NOBODY } from "./client.ts";
import { COPY_FILE } from "./copy-server.ts";
import { KEEP_EARLIER } from "./kept-files.ts";
import {
  awaitLines,
  FENCE,
  GONE,
  startArgv,
  stopLines,
  type SwapPlace,
  swapWords,
  unfence,
  WORKING,
} from "./swap-words.ts";

/**
 * Keeps writes out, sees to it that all there is in memory is on disk, and stops the server. What is on disk already is
 * linked before a save writes over it: it may be older, and better. With an append-only file the shutdown itself completes
 * it. A server of an attempt before (`placed`) holds only what comes from the backup.
 */
export function stopCommand(place: SwapPlace, skipSave: boolean, token: string): Command {
  const { files } = place;
  const save =
    files.appendOn || skipSave
      ? ""
      : `    ${KEEP_EARLIER} || give_up "the present $file could not be kept"
    while live INFO persistence | grep -q rdb_bgsave_in_progress:1; do sleep 0.1; done
    said=$(live SAVE 2>&1)
    [ "$said" = OK ] || give_up "what is in memory could not be saved: $said"
`;
  // For the end: whether a restart by other means will have the append-only file on.
  const conf =
    files.appendOn && files.configFile !== ""
      ? `    grep -Eqsi '^[[:space:]]*appendonly[[:space:]]+"?yes' ${shellWord(files.configFile)} && : > "$kept/appendonly.conf"
`
      : "";
  return liveScript(
    place.connection,
    `${swapWords(place)}
give_up() { (${unfence(files).replace("\n", "; ")}); fail "$*"; }
trap 'give_up "it was interrupted"' HUP INT TERM
${WORKING}
said=$(live PING 2>&1)
case $said in
${ANSWERS})
  if [ ! -e "$kept/placed" ]; then
    mkdir -p -m 700 "$kept" || fail "$kept could not be made"
    setto min-replicas-max-lag 10
    setto min-replicas-to-write ${FENCE}
${save}${conf}    live INFO keyspace > "$kept/keys" || give_up "the server does not answer any more"
  fi
  ${stopLines(place, "give_up")} ;;
${NOBODY})
  pids=$(working)
  [ -z "$pids" ] || fail "nobody listens at ${place.connection.address}, and process $pids works in $dir: is that the address of its server?" ;;
*) fail "$said" ;;
esac
trap - HUP INT TERM
${GONE}
echo ${token}`,
    token,
  );
}

/**
 * Sets the old files aside and links the proven one in their place. Every line can be repeated: what lies in `kept` is the
 * old data and is never touched again, whatever lies in the folder after that is not.
 */
export function placeCommand(place: SwapPlace, token: string): Command {
  return localScript(
    `${swapWords(place)}
set -e
mkdir -p -m 700 "$kept"
aside() {
  [ -e "$kept/$1" ] || [ -e "$kept/none.$1" ] ||
    if [ -e "$dir/$1" ]; then mv "$dir/$1" "$kept/$1"; else : > "$kept/none.$1"; fi
}
aside "$append"
aside "$file"
: > "$kept/placed"
rm -rf "$dir/$append"
ln -f "$copy/${COPY_FILE}" "$dir/$file" 2>/dev/null || { cp -p "$copy/${COPY_FILE}" "$dir/$file.new" && mv "$dir/$file.new" "$dir/$file"; }
sync "$kept" "$dir" 2>/dev/null || sync
echo ${token}`,
    token,
  );
}

/** Without its append-only file: with it, the server would start empty and ignore the restored file (measured). */
export function startCommand(place: SwapPlace): Command {
  return { argv: startArgv(place, "no"), env: {}, secrets: {}, stays: true };
}

export function startedCommand(place: SwapPlace, token: string): Command {
  return liveScript(
    place.connection,
    `${swapWords(place)}
${awaitLines(place)}
[ "$(setting min-replicas-to-write)" = ${FENCE} ] || fail "the server that answers was not started by this run, or passes over the settings at the end of start"
[ "$(setting appendonly)" = no ] || fail "the server runs with its append-only file, which hides the restored data"
live INFO keyspace
echo ${token}`,
    token,
  );
}

/** DONE when the server answers that this run has started on the restored file. */
export function swapProbe(place: SwapPlace): Command {
  return liveScript(
    place.connection,
    `${swapWords(place)}
[ -d "$kept" ] || { echo 'NOT DONE'; exit; }
if [ -e "$kept/placed" ] && [ "$(live PING 2>/dev/null)" = PONG ] && [ "$(setting min-replicas-to-write)" = ${FENCE} ]; then echo DONE; else echo PARTLY; fi`,
  );
}

/** Removes what was kept; only what a swap has set aside there. */
export function cleanupCommand({ kept }: SwapPlace): Command {
  return localScript(`kept=${shellWord(kept)}
[ -e "$kept" ] || exit 0
[ -e "$kept/placed" ] || { echo "$kept is not what a finished restore has kept" >&2; exit 1; }
rm -rf "$kept"`);
}
