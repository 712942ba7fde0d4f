import type { Ask, GateReply } from "../engine/run-context.ts";

export interface GateFlags {
  /** Names given by --confirm. */
  confirm: readonly string[];
  /** Ids of manual steps given by --done. */
  done: readonly string[];
}

/** Answers gates by flags alone; what no flag answers is refused because nobody is there. */
export function askFlags(flags: GateFlags): Ask {
  return async (gate, step) => {
    const byFlag =
      gate.kind === "manual"
        ? flags.done.includes(step.id)
        : gate.expect !== undefined && flags.confirm.includes(gate.expect);
    return byFlag ? { answer: "confirmed", how: "flag" } : { answer: "refused", how: "nobody" };
  };
}

/** Answers by flags where they answer, else waits for the person at the screen (`answer`). */
export function askPerson(flags: GateFlags): { ask: Ask; answer: (reply: Omit<GateReply, "how">) => void } {
  let waiting: ((reply: GateReply) => void) | undefined;
  const byFlags = askFlags(flags);
  const ask: Ask = async (gate, step, signal) => {
    const reply = await byFlags(gate, step, signal);
    if (reply.answer === "confirmed") return reply;
    return new Promise<GateReply>((resolve) => {
      const stopped = (): void => resolve({ answer: "refused", how: "nobody" });
      if (signal.aborted) return stopped();
      signal.addEventListener("abort", stopped, { once: true });
      waiting = (given) => {
        signal.removeEventListener("abort", stopped);
        resolve(given);
      };
      return undefined;
    });
  };
  const answer = (reply: Omit<GateReply, "how">): void => {
    const resolve = waiting;
    waiting = undefined;
    resolve?.({ ...reply, how: "typed" });
  };
  return { ask, answer };
}
