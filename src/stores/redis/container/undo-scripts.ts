import { shellLine } from "../../../base/quote.ts";
import type { Command } from "../../../step/command.ts";
import { cliArgv } from "../client.ts";
import { clearKept, DEFINE_BACK } from "../kept-files.ts";
import { unfence } from "../swap-words.ts";
import { type ContainerPlace, containerWords, fenceAtOnce, filesWord, NOT_UP, STOP } from "./swap-words.ts";
import { closeCopy, outerScript } from "./way.ts";

const CLEAR = clearKept(["keys", "keys.new", "begun", "fence"]);

/** The old files back in their place; those of the restored data wait in `kept` until the old server answers. */
const BACK = `[ -d "$kept" ] || exit 0
${DEFINE_BACK}
back "$file"
back "$log"
back "$append"
for one in "$file" "$log" "$append"; do
  [ ! -e "$kept/$one" ] && [ ! -e "$kept/none.$one" ] || fail "$one did not come back from $kept"
done
rm -rf "$dir/$append.new" "$dir/$file.new" "$dir/$log.new"
rm -f "$kept/placed"
sync`;

/** Takes a swap back, from wherever it came; each can be repeated. */
export function undoCommands(place: ContainerPlace): Command[] {
  return [stopRestored(place), placeBack(place), ...(place.wasUp ? [startOld(place)] : []), clear(place)];
}

/** Stops the restored server, or lets writes into the old one again that was never stopped. */
function stopRestored(place: ContainerPlace): Command {
  const lift = unfence(place.files);
  return outerScript(
    place.way,
    `${containerWords(place)}
at=$(stage) || exit 1
now=$(state) || exit 1
case $at/$now in
none/*) ;;
noted/running)
  ${place.answered ? lift.replace("\n", "\n  ") : ":"} ;;
*/running | */restarting) ${STOP} ;;
*/paused) fail "the container is paused: docker unpause $id" ;;
esac`,
  );
}

/** Nothing to move while the swap had not begun: the old server may run on. */
function placeBack(place: ContainerPlace): Command {
  return outerScript(
    place.way,
    `${containerWords(place)}
at=$(stage) || exit 1
case $at in
begun | placed)
  ${NOT_UP}
  door ${filesWord(place, BACK)} ;;
esac`,
  );
}

/**
 * The old server holds what it held when it was stopped; then it takes writes again. Between its start and the first word
 * it can be told, clients may write: only what is missing counts.
 */
function startOld(place: ContainerPlace): Command {
  const { way, answered, connection, files } = place;
  const compare = `before=$(look ${filesWord(place, '[ ! -e "$kept/undone" ] || cat "$kept/keys" 2>/dev/null || true')}) || exit 1
now=$(live INFO keyspace)
missing=$(printf '%s\\n' "$before" | lasting | while read -r db keys; do
  there=$(printf '%s\\n' "$now" | lasting | sed -n "s/^$db //p")
  [ "\${there:-0}" -ge "$keys" ] || echo "database $db had $keys keys without TTL, has \${there:-0}"
done)
[ -z "$missing" ] || fail "the old server does not hold what it held: $missing; its files: ${files.dir}, ${place.kept}"
${unfence(files)}`;
  return outerScript(
    way,
    `${containerWords(place)}
lasting() { tr -d '\\r' | sed -n 's/^db\\([0-9]*\\):keys=\\([0-9]*\\),expires=\\([0-9]*\\).*/\\1 \\2 \\3/p' | while read -r db keys expires; do echo "$db $((keys - expires))"; done; }
at=$(stage) || exit 1
[ "$at" != none ] || exit 0
[ "$(state)" = running ] || docker start "$id" >/dev/null || exit 1
${answered ? `${fenceAtOnce(place, shellLine(cliArgv(connection)))}\n${compare}` : ""}`,
  );
}

function clear(place: ContainerPlace): Command {
  return outerScript(
    place.way,
    `door ${filesWord(place, CLEAR)} || exit 1
${closeCopy(place.way)}`,
  );
}
