import type { Action } from "./action.ts";

/** Following a log never ends. */
export function looking(words: readonly string[]): Action {
  const follows =
    words.some((word) => /^-\w*[fw]\w*$|^--(?:follow|watch)$/.test(word)) &&
    words.some((word) => /^(?:logs?|tail|get|journalctl)$/.test(word));
  return follows ? { kind: "by-hand", because: "it goes on until somebody stops it" } : { kind: "reads" };
}
