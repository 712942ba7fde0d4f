import { shellLine, shellWord } from "../../../base/quote.ts";
import type { Command } from "../../../step/command.ts";
import { ANSWERS, cliArgv } from "../client.ts";
import { COPY_FILE } from "../copy-server.ts";
import { KEEP_EARLIER } from "../kept-files.ts";
import { FENCE, unfence } from "../swap-words.ts";
import {
  type ContainerPlace,
  containerWords,
  fenceAtOnce,
  filesWord,
  fileWords,
  NOT_UP,
  STOP,
} from "./swap-words.ts";
import { dockerCommand, outerScript } from "./way.ts";

const cliOf = ({ connection }: ContainerPlace): string => shellLine(cliArgv(connection));

/**
 * Keeps writes out, sees to it that all there is in memory is on disk, notes what it holds, and stops the container. With an
 * append-only file all is on disk as soon as no more writes come. A server of an attempt before holds only what comes from
 * the backup, or nothing.
 */
export function stopCommand(place: ContainerPlace, skipSave: boolean, token: string): Command {
  const { files, way } = place;
  const save =
    files.appendOn || skipSave
      ? ""
      : `    while live INFO persistence | grep -q rdb_bgsave_in_progress:1; do sleep 0.1; done
    said=$(live SAVE 2>&1)
    [ "$said" = OK ] || give_up "what is in memory could not be saved: $said"
`;
  const lift = unfence(files).replace("\n", "; ");
  return outerScript(
    way,
    `${containerWords(place)}
give_up() { (${lift}); fail "$*"; }
now=$(state) && at=$(stage) || exit 1
case $now in
running)
  case $at in none | noted)
    said=$(live PING 2>&1)
    case $said in ${ANSWERS}) ;; *) fail "the server in ${way.words} does not answer: $said" ;; esac
    door ${filesWord(place, `mkdir -p -m 700 "$kept"\n${files.appendOn ? "" : KEEP_EARLIER}`)} || fail "the present ${files.file} could not be kept"
    trap 'give_up "it was interrupted"' HUP INT TERM
    setto min-replicas-max-lag 10
    setto min-replicas-to-write ${FENCE}
${save}    live INFO keyspace | grep . | door ${filesWord(place, `cat > "$kept/keys.new"; [ -s "$kept/keys.new" ]; mv "$kept/keys.new" "$kept/keys"`)} || give_up "what the server holds could not be noted"
    trap - HUP INT TERM ;;
  esac
  ${STOP} ;;
restarting) ${STOP} ;;
paused) fail "the container is paused: docker unpause $id" ;;
esac
echo ${token}`,
    { token },
  );
}

/**
 * Sets the old files aside and puts the proven one in their place, as the RDB file and as the beginning of the append-only
 * file: with that on, a server passes over an RDB file that is newer. Every line can be repeated: what lies in `kept` is the
 * old data and is never touched again, whatever lies in the folder after that is not.
 */
export const PLACE = `mkdir -p -m 700 "$kept"
: > "$kept/begun"
aside() {
  if [ ! -e "$kept/$1" ] && [ ! -e "$kept/none.$1" ]; then
    if [ -e "$dir/$1" ]; then mv "$dir/$1" "$kept/$1"; else : > "$kept/none.$1"; fi
  fi
}
aside "$append"
aside "$log"
aside "$file"
sync
: > "$kept/placed"
rm -rf "$dir/$append" "$dir/$append.new" "$dir/$log"
put() { ln -f "$copy/${COPY_FILE}" "$1" 2>/dev/null || { cp -p "$copy/${COPY_FILE}" "$1.new" && mv "$1.new" "$1"; }; }
put "$dir/$file"
major=$(redis-server --version | sed -n 's/.*v=\\([0-9]*\\).*/\\1/p')
if [ "$major" -ge 7 ]; then
  mkdir "$dir/$append.new"
  put "$dir/$append.new/$log.1.base.rdb"
  echo "file $log.1.base.rdb seq 1 type b" > "$dir/$append.new/$log.manifest"
  chown "$(stat -c %u:%g "$dir/$file")" "$dir/$append.new" "$dir/$append.new/$log.manifest"
  mv "$dir/$append.new" "$dir/$append"
else
  put "$dir/$log"
fi
sync`;

export function placeCommand(place: ContainerPlace, token: string): Command {
  return outerScript(
    place.way,
    `${NOT_UP}
door ${filesWord(place, PLACE)} || exit 1
echo ${token}`,
    { token },
  );
}

export function startCommand({ way }: ContainerPlace): Command {
  return dockerCommand(way, ["start", way.id ?? "<the container>"]);
}

/** A server that was stopped before could not say what its numbers are: they are noted before they are changed. */
const NOTE = `live INFO server >/dev/null 2>&1 && fence=$(setting min-replicas-to-write) && [ "$fence" != ${FENCE} ] && printf '%s\\n%s\\n' "$fence" "$(setting min-replicas-max-lag)" | door`;

export function startedCommand(place: ContainerPlace, token: string): Command {
  const { way, answered } = place;
  const note = answered
    ? ""
    : `tries=0
until live INFO server >/dev/null 2>&1 || [ $tries -gt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
${NOTE} ${filesWord(place, 'cat > "$kept/fence"')}
`;
  return outerScript(
    way,
    `${containerWords(place)}
${note}${fenceAtOnce(place, cliOf(place))}
live INFO keyspace
echo ${token}`,
    { token },
  );
}

/** DONE when the server answers that this run has started on the restored file. */
export function swapProbe(place: ContainerPlace): Command {
  return outerScript(
    place.way,
    `${containerWords(place)}
at=$(stage) || exit 1
case $at in
none) echo 'NOT DONE' ;;
placed) if [ "$(state)" = running ] && [ "$(live PING 2>/dev/null)" = PONG ] && [ "$(setting min-replicas-to-write)" = ${FENCE} ]; then echo DONE; else echo PARTLY; fi ;;
*) echo PARTLY ;;
esac`,
  );
}

/** Removes what was kept; only what a swap has set aside there. */
export function cleanupCommand(place: ContainerPlace): Command {
  const script = `[ -e "$kept" ] || exit 0
[ -e "$kept/placed" ] || fail "$kept is not what a finished restore has kept"
rm -rf "$kept"`;
  return outerScript(place.way, `door ${shellWord(`${fileWords(place)}\n${script}`)}`);
}
