import { DEFINE_MARKED, endMarked } from "./far-marks.ts";
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

function endingText(nonce: string, graceMs: number): string {
  return `{
mark='${CALL_MARK}=${nonce}'
${DEFINE_MARKED}
${endMarked(graceMs)}
[ -n "$(marked)" ] || printf '\\n%s none left\\n' ${nonce}
}
`;
}
