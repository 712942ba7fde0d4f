import type { Command } from "../../../step/command.ts";
import { AS_BEFORE } from "../open-scripts.ts";
import { FENCE, unfence } from "../swap-words.ts";
import { type ContainerPlace, containerWords, filesWord } from "./swap-words.ts";
import { outerScript } from "./way.ts";

/** Without the append-only file what was put there as its beginning would be old one day, and be taken for the data. */
const UNUSED = `rm -rf "$dir/$append" "$dir/$log"`;

/** Where CONFIG SET had it on and the container's own command has not, it is on again. */
const ON = `setto appendonly yes
while :; do
  info=$(live INFO persistence) || fail "the server does not answer any more"
  case $info in *aof_rewrite_in_progress:1* | *aof_rewrite_scheduled:1*) sleep 0.05 ;; *) break ;; esac
done
case $info in
*aof_last_bgrewrite_status:ok*) ;;
*) fail "the append-only file could not be written: look into the server's log and at its disk, then go on" ;;
esac`;

/** The restored server began with the proven file in both forms: of those it does not use one is removed. */
export function openCommands(place: ContainerPlace, durableToken: string, openToken: string): Command[] {
  const { files, answered } = place;
  const durable = `${containerWords(place)}
if [ "$(setting appendonly)" = yes ]; then
  case $(live INFO persistence) in *aof_last_write_status:ok*) ;; *) fail "the append-only file cannot be written to" ;; esac
else
  door ${filesWord(place, UNUSED)} || exit 1
  ${files.appendOn && answered ? ON : ":"}
fi
echo ${durableToken}`;
  // A server that was stopped could not say what its numbers were: they were noted when it had started.
  const numbers = answered
    ? unfence(files)
    : `noted=$(look ${filesWord(place, 'cat "$kept/fence" 2>/dev/null || printf "0\\n10\\n"')})
setto min-replicas-to-write "$(printf '%s\\n' "$noted" | sed -n 1p)"
setto min-replicas-max-lag "$(printf '%s\\n' "$noted" | sed -n 2p)"`;
  return [
    outerScript(place.way, durable, { token: durableToken }),
    outerScript(place.way, `${containerWords(place)}\n${numbers}\necho ${openToken}`, { token: openToken }),
  ];
}

export function openCheck(place: ContainerPlace): Command {
  const { files, answered } = place;
  const want =
    files.appendOn && answered ? '[ "$is" = yes ] || echo "appendonly is $is, it has to be yes"' : "";
  return outerScript(
    place.way,
    `${containerWords(place)}
is=$(setting appendonly) fence=$(setting min-replicas-to-write)
[ -n "$is" ] || fail "the server does not answer"
wrong=$(
${want}
[ "$fence" != ${FENCE} ] || echo "writes are still kept out"
[ "$is" = yes ] || look ${filesWord(place, `[ ! -e "$dir/$append" ] || echo "$dir/$append is there, and the server does not use it"`)}
)
printf '%s\\n' "\${wrong:-${AS_BEFORE}}"`,
  );
}

/** DONE when it takes writes and its append-only file is as it has to be. */
export function openProbe(place: ContainerPlace): Command {
  return outerScript(
    place.way,
    `${containerWords(place)}
fence=$(setting min-replicas-to-write 2>/dev/null)
case $fence in ${FENCE}) echo 'NOT DONE' ;; '') echo 'CANNOT TELL' ;; *) echo DONE ;; esac`,
  );
}
