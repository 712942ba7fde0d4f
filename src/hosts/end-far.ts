import { CALL_MARK, farStart } from "./far-text.ts";
import { argvOver, type Located } from "./hops/located.ts";
import { runChild } from "./child.ts";

interface EndOptions {
  env: Record<string, string>;
  /** Between TERM and KILL there (ms). */
  graceMs: number;
  /** For all of it, however bad the way is (ms). */
  limitMs: number;
}

/**
 * Ends every process at the far end that bears the mark of one call: a client that is ended here leaves it running
 * there (docker exec, kubectl exec and ssh without a terminal all do). Goes the same way as the same user, because
 * others may not read a process's environment. Returns whether it is certain that none is left.
 */
export async function endFar(
  located: readonly Located[],
  nonce: string,
  { env, graceMs, limitMs }: EndOptions,
): Promise<boolean> {
  const text = endingText(nonce, graceMs);
  const signal = AbortSignal.timeout(limitMs);
  try {
    const result = await runChild(
      { argv: argvOver(located, farStart(text, "none")), env, input: text, graceMs: 0 },
      { signal },
    );
    return result.stdout.split("\n").includes(`${nonce} none left`);
  } catch {
    return false;
  }
}

const TICK_S = 0.1;

/**
 * Without a readable /proc nothing can be looked for, and nothing is said to be gone. Not grep alone: busybox's sees only
 * the first of the strings that a NUL parts.
 */
function endingText(nonce: string, graceMs: number): string {
  const ticks = Math.max(1, Math.ceil(graceMs / 1000 / TICK_S));
  return `{
marked() {
  for f in /proc/[0-9]*/environ; do
    tr '\\0' '\\n' <"$f" 2>/dev/null | grep -qxF '${CALL_MARK}=${nonce}' || continue
    p=\${f#/proc/}; echo "\${p%/environ}"
  done 2>/dev/null
}
tr '\\0' '\\n' </proc/$$/environ | grep -q = || exit 1
p=$(marked); [ -z "$p" ] || kill -TERM $p 2>/dev/null
n=0
while p=$(marked); [ -n "$p" ] && [ $n -lt ${ticks} ]; do n=$((n+1)); sleep ${TICK_S}; done
[ -z "$p" ] || { kill -KILL $p 2>/dev/null; sleep ${TICK_S}; }
[ -n "$(marked)" ] || printf '\\n%s none left\\n' ${nonce}
}
`;
}
