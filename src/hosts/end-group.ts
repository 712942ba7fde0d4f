import { kill } from "node:process";

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    kill(-pid, signal);
    return true;
  } catch {
    // ESRCH: the group is gone already, which is what was wanted.
    return false;
  }
}

/** Ends every process of a group: TERM first, KILL when some still live after the grace (ms). */
export function endGroup(pid: number, graceMs: number): void {
  if (!signalGroup(pid, "SIGTERM")) return;
  const deadline = performance.now() + graceMs;
  const timer = setInterval(() => {
    if (!signalGroup(pid, 0)) clearInterval(timer);
    else if (performance.now() > deadline) {
      signalGroup(pid, "SIGKILL");
      clearInterval(timer);
    }
  }, 50);
}
