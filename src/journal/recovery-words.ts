import type { JournalEvent } from "./events.ts";

type Recovery = Extract<
  JournalEvent,
  {
    type: "probe.answered" | "decision.opened" | "decision.made" | "differences.accepted" | "lock.taken-over";
  }
>;

const HOW = { typed: "at the keyboard", flag: "by a flag", nobody: "nobody was there to ask" } as const;

/** Events of recovery as a word and lines of text, the same in every plain reading. */
export function recoveryWords(
  event: Recovery,
  title: string,
): { word: string; text: string; more: string[] } {
  switch (event.type) {
    case "probe.answered":
      return {
        word: "probed",
        text: `${title}: ${event.answer}`,
        more: event.says === event.answer ? [] : [event.says],
      };
    case "decision.opened":
      return {
        word: "decision",
        text: `${title}: ${event.failure.what}`,
        more: [
          ...event.changed.map((line) => `changed so far: ${line}`),
          ...event.choices.map((c) => `${c.choice}: ${c.says}`),
        ],
      };
    case "decision.made":
      return {
        word: "decided",
        text: `${title}: ${event.choice}, ${HOW[event.how]}${event.because === undefined ? "" : `, because: ${event.because}`}`,
        more: event.diff ?? [],
      };
    case "differences.accepted":
      return {
        word: "accepted",
        text: `what had changed meanwhile, ${HOW[event.how]}`,
        more: event.differences,
      };
    case "lock.taken-over":
      return {
        word: "takeover",
        text: `the lock of ${event.store} from ${event.holder}`,
        more: [`because: ${event.because}`],
      };
  }
}
