import type { Decide, Decision, Situation } from "../engine/decide.ts";
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

/** One question to the person at the screen at a time; stopped by the run's signal. */
class Question<Answer> {
  #answer: ((answer: Answer) => void) | undefined;

  ask(signal: AbortSignal, whenStopped: Answer): Promise<Answer> {
    return new Promise((resolve) => {
      const stopped = (): void => resolve(whenStopped);
      signal.addEventListener("abort", stopped, { once: true });
      if (signal.aborted) stopped();
      this.#answer = (given) => {
        signal.removeEventListener("abort", stopped);
        resolve(given);
      };
    });
  }

  answer(given: Answer): void {
    const resolve = this.#answer;
    this.#answer = undefined;
    resolve?.(given);
  }
}

export interface Person {
  ask: Ask;
  decide: Decide;
  answerGate: (reply: Omit<GateReply, "how">) => void;
  answerDecision: (decision: Omit<Decision, "how">) => void;
  /** What has to be decided now. */
  situation: () => Situation | undefined;
}

/** Answers by flags where they answer, else waits for the person at the screen. */
export function askPerson(flags: GateFlags): Person {
  const gate = new Question<GateReply>();
  const decision = new Question<Decision>();
  const byFlags = askFlags(flags);
  let situation: Situation | undefined;
  return {
    ask: async (asked, step, signal) => {
      const reply = await byFlags(asked, step, signal);
      return reply.answer === "confirmed" ? reply : gate.ask(signal, { answer: "refused", how: "nobody" });
    },
    decide: async (asked, signal) => {
      situation = asked;
      const made = await decision.ask(signal, { choice: "leave", how: "nobody" });
      situation = undefined;
      return made;
    },
    answerGate: (reply) => gate.answer({ ...reply, how: "typed" }),
    answerDecision: (made) => decision.answer({ ...made, how: "typed" }),
    situation: () => situation,
  };
}
