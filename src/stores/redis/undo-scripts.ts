import { shellLine } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import { ANSWERS, cliArgv, liveScript, localScript, NOBODY } from "./client.ts";
import { clearKept, DEFINE_BACK } from "./kept-files.ts";
import {
  awaitLines,
  FENCE,
  GONE,
  startArgv,
  stopLines,
  type SwapPlace,
  swapWords,
  unfence,
} from "./swap-words.ts";

const CLEAR = clearKept(["keys", "appendonly.conf"]);

/** Takes a swap back, from wherever it came; each can be repeated. */
export function undoCommands(place: SwapPlace): Command[] {
  const stopped = [stopRestored(place), placeBack(place)];
  return place.wasRunning
    ? [...stopped, startOld(place), oldTakesWrites(place)]
    : [...stopped, localScript(`${swapWords(place)}\n${CLEAR}`)];
}

/** From wherever the swap came: ends the restored server, or lets writes into the old one again that was never stopped. */
function stopRestored(place: SwapPlace): Command {
  return liveScript(
    place.connection,
    `${swapWords(place)}
[ -d "$kept" ] || exit 0
said=$(live PING 2>&1)
case $said in
${ANSWERS})
  if [ -e "$kept/placed" ]; then
    ${stopLines(place)}
    ${GONE}
  else
    ${unfence(place.files)}
  fi ;;
${NOBODY}) ${GONE} ;;
*) fail "$said" ;;
esac`,
  );
}

/** The old files back in their place; those of the restored data wait in `kept` until the old server answers. */
function placeBack(place: SwapPlace): Command {
  return localScript(`${swapWords(place)}
[ -d "$kept" ] || exit 0
set -e
${DEFINE_BACK}
back "$file"
back "$append"
rm -f "$kept/placed"
sync "$kept" "$dir" 2>/dev/null || sync`);
}

/** Not when one answers: then it was never stopped. NOAUTH is an answer, so no password is needed. */
function startOld(place: SwapPlace): Command {
  const append = place.files.appendOn ? "yes" : "no";
  return {
    ...localScript(`said=$(${shellLine(cliArgv(place.connection))} PING 2>&1)
case $said in ${NOBODY}) exec ${shellLine(startArgv(place, append))} ;; esac`),
    stays: true,
  };
}

/** The old server holds what it held when it was stopped; then it takes writes again, and the rest is removed. */
function oldTakesWrites(place: SwapPlace): Command {
  return liveScript(
    place.connection,
    `${swapWords(place)}
${awaitLines(place)}
lasting() { tr -d '\\r' | sed -n 's/^db\\([0-9]*\\):keys=\\([0-9]*\\),expires=\\([0-9]*\\).*/\\1 \\2 \\3/p' | while read -r db keys expires; do [ "$keys" = "$expires" ] || echo "$db $((keys - expires))"; done; }
if [ "$(setting min-replicas-to-write)" = ${FENCE} ]; then
  if [ -e "$kept/keys" ]; then
    now=$(live INFO keyspace | lasting) before=$(lasting < "$kept/keys")
    [ "$now" = "$before" ] || fail "the old server does not hold what it held: keys without TTL by database were $before, are $now; its files: $dir, $kept"
  fi
  ${unfence(place.files)}
fi
${CLEAR}`,
  );
}
