import { shellWord } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import { liveScript } from "./client.ts";
import { CONF_ON, FENCE, type SwapPlace, swapWords, unfence } from "./swap-words.ts";

/**
 * Turns the append-only file on in the running server, where it was on or a restart would have it on: the server writes all
 * it holds into a new one, whose end is waited for. Until then a restart would come up empty. The configuration file was not changed by this run (the file was off by a
 * word at the start), so CONFIG REWRITE is only called when it has lost its `appendonly yes` meanwhile.
 */
function durable(place: SwapPlace, token: string): Command {
  const { appendOn, configFile } = place.files;
  const rewrite =
    configFile === ""
      ? ""
      : `conf=$(live INFO server | tr -d '\\r' | sed -n 's/^config_file://p')
if [ -e "$kept/appendonly.conf" ] && [ -n "$conf" ] && ! grep -Eqi '^[[:space:]]*appendonly[[:space:]]+"?yes' "$conf"; then
  said=$(live CONFIG REWRITE 2>&1)
  [ "$said" = OK ] || fail "CONFIG REWRITE: $said"
fi
`;
  // With a save going on, or after an attempt that failed, it would only be scheduled, and the status be that of before.
  const on = `while live INFO persistence | grep -q rdb_bgsave_in_progress:1; do sleep 0.1; done
[ "$(setting appendonly)" = no ] || setto appendonly no
setto appendonly yes
while :; do
  info=$(live INFO persistence) || fail "the server does not answer any more"
  case $info in *aof_rewrite_in_progress:1*) sleep 0.05 ;; *) break ;; esac
done
case $info in
*aof_last_bgrewrite_status:ok*) ;;
*) fail "the append-only file could not be written: look into the server's log and at its disk, then go on. Until then a restart would lose the restored data" ;;
esac
case $info in *aof_last_write_status:ok*) ;; *) fail "the append-only file cannot be written to" ;; esac
${rewrite}`;
  return liveScript(
    place.connection,
    `${swapWords(place)}
[ "$(setting min-replicas-to-write)" = ${FENCE} ] || fail "the server was restarted since the swap: undo this run, or begin anew"
${CONF_ON}
if ${appendOn ? "true" : "conf_on"}; then
${on}fi
echo ${token}`,
    token,
  );
}

export function openCommands(place: SwapPlace, durableToken: string, openToken: string): Command[] {
  const lift = `${swapWords(place)}
${unfence(place.files)}
echo ${openToken}`;
  return [durable(place, durableToken), liveScript(place.connection, lift, openToken)];
}

/** What `openCheck` prints when nothing is otherwise. */
export const AS_BEFORE = "as it has to be";

export function openCheck(place: SwapPlace): Command {
  const { appendOn, minReplicas } = place.files;
  return liveScript(
    place.connection,
    `setting() { live CONFIG GET "$1" | sed -n 2p; }
${CONF_ON}
want=${appendOn ? "yes" : "no"} is=$(setting appendonly) replicas=$(setting min-replicas-to-write) before=${shellWord(minReplicas)}
! conf_on || want=yes
if [ "$is" != "$want" ]; then echo "appendonly is $is, it has to be $want"
elif [ "$replicas" != "$before" ]; then echo "min-replicas-to-write is $replicas, it was $before"
else echo "${AS_BEFORE}"; fi`,
  );
}

/** DONE when it takes writes and its append-only file is as it has to be. */
export function openProbe(place: SwapPlace): Command {
  const { appendOn } = place.files;
  return liveScript(
    place.connection,
    `${swapWords(place)}
${CONF_ON}
want=${appendOn ? "yes" : "no"}
! conf_on || want=yes
fence=$(setting min-replicas-to-write)
if [ "$fence" = ${FENCE} ]; then echo 'NOT DONE'
elif [ "$(setting appendonly)" = "$want" ]; then echo DONE
else echo 'CANNOT TELL'; fi`,
  );
}
