import { kill } from "node:process";

/** How long a killed process may take to go: one that waits for a dead disk never does. */
const LAST_WAIT_MS = 1_000;

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    kill(-pid, signal);
    return true;
  } catch {
    // ESRCH: the group is gone already, which is what was wanted.
    return false;
  }
}

/**
 * Ends every process of a group: TERM first, KILL when some still live after the grace (ms). Resolves when the group is
 * gone, or when it does not go although it was killed.
 */
export function endGroup(pid: number, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (!signalGroup(pid, "SIGTERM")) resolve();
  const deadline = performance.now() + graceMs;
  const timer = setInterval(() => {
    const over = performance.now() - deadline;
    if (!signalGroup(pid, over > 0 ? "SIGKILL" : 0) || over > LAST_WAIT_MS) {
      clearInterval(timer);
      resolve();
    }
  }, 50);
  return promise;
}
