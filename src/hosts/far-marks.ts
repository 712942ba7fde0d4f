/**
 * Shell text for any far end that defines `marked`: the ids of processes that have `$mark` (NAME=value) in their
 * environment. Without a readable /proc it ends with 1: then nothing can be looked for, and nothing may be said to be
 * gone. A grep that does not know -z sees only the first of the strings that a NUL parts.
 */
export const DEFINE_MARKED = `if printf 'a\\0b' | grep -qzxF b 2>/dev/null; then
  files() { grep -lzxF "$mark" /proc/[0-9]*/environ; }
else
  files() { for f in /proc/[0-9]*/environ; do tr '\\0' '\\n' <"$f" | grep -qxF "$mark" && echo "$f"; done; }
fi
marked() { files 2>/dev/null | while IFS=/ read -r _ _ p _; do echo "$p"; done; }
tr '\\0' '\\n' </proc/$$/environ | grep -q = || exit 1`;

const TICK_S = 0.1;

/** Ends what `marked` finds: TERM, after the grace (ms) KILL. */
export function endMarked(graceMs: number): string {
  const ticks = Math.max(1, Math.ceil(graceMs / 1000 / TICK_S));
  return `p=$(marked); [ -z "$p" ] || kill -TERM $p 2>/dev/null
n=0
while p=$(marked); [ -n "$p" ] && [ $n -lt ${ticks} ]; do n=$((n+1)); sleep ${TICK_S}; done
[ -z "$p" ] || { kill -KILL $p 2>/dev/null; sleep ${TICK_S}; }`;
}
