import { inWords } from "../base/duration.ts";
import type { Clock } from "../journal/append.ts";
import type { CheckResult, Poll } from "../step/check.ts";
import type { Sleep } from "./run-context.ts";
import { Watchdog } from "./watchdog.ts";

/** What one question came to. */
export interface Answer {
  results: CheckResult[];
  /** The source answered and a judge has seen it; a source that failed only means "not yet". */
  judged: boolean;
}

export interface Polling {
  poll: Poll;
  clock: Clock;
  sleep: Sleep;
  /** Aborts when the run is stopped, or the step's own time is over. */
  signal: AbortSignal;
  ask: (signal: AbortSignal) => Promise<Answer>;
  /** Called after every question that was not green; `isNew` when the answer is another than before. */
  told: (words: string, isNew: boolean) => void;
  /** How a person looks at the same. */
  look: string;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const GROWTH = 1.5;
/** What a single question may take, also when the time is nearly over. A port that never answers is given up on before. */
const QUESTION_MS = 30_000;
const LONGEST_STATE = 160;

/**
 * Asks until the answer is green, cannot become good any more (`final`), the time is over or the signal aborts. The last
 * question is asked at the very end of the time, so that nothing that became good in it is missed.
 */
export async function pollUntilGreen(polling: Polling): Promise<CheckResult[]> {
  const { poll, clock, sleep, signal, told } = polling;
  const started = clock.mono();
  let [pause, asked, before] = [FIRST_PAUSE_MS, 0, ""];
  for (;;) {
    const left = started + poll.upToMs - clock.mono();
    const { results, judged } = await askOnce(polling);
    asked += 1;
    if (signal.aborted || (judged && isGreen(results))) return results;
    const waited = clock.mono() - started;
    const state = stateInWords(results);
    told(`waiting for ${poll.for}: ${state} (${wholeSeconds(waited)})`, state !== before);
    before = state;
    if (judged && results.some((result) => result.final === true)) return results;
    if (left <= 0) return explained(results, polling, waited, asked);
    await sleep(Math.min(pause, Math.max(0, poll.upToMs - waited)), signal);
    pause = Math.min(pause * GROWTH, LONGEST_PAUSE_MS);
  }
}

async function askOnce({ ask, clock, signal }: Polling): Promise<Answer> {
  const limit = new Watchdog({ timeoutMs: QUESTION_MS, silenceMs: QUESTION_MS }, clock.mono, signal);
  try {
    return await ask(limit.signal);
  } finally {
    limit.end();
  }
}

const wholeSeconds = (ms: number): string => (ms < 1000 ? "0 s" : inWords(Math.floor(ms / 1000) * 1000));

/** An empty answer compared nothing, so it is not green. */
const isGreen = (results: readonly CheckResult[]): boolean =>
  results.length > 0 && results.every(({ result }) => result !== "fail");

/** "starting"; with several things looked at "status: 503; matches: nothing". */
function stateInWords(results: readonly CheckResult[]): string {
  const bad = results.filter(({ result }) => result !== "pass");
  const words = bad.map(({ name, found, why }) => {
    const state = (found ?? why ?? "not yet").split("\n")[0] ?? "";
    return bad.length > 1 ? `${name}: ${state}` : state;
  });
  const all = words.length === 0 ? "no answer that could be judged" : words.join("; ");
  return all.length > LONGEST_STATE ? `${all.slice(0, LONGEST_STATE - 1)}…` : all;
}

/** The first failure says how long was waited, and every one where to look. */
function explained(
  results: readonly CheckResult[],
  { poll, look }: Polling,
  waited: number,
  asked: number,
): CheckResult[] {
  const times = asked === 1 ? "once" : `${asked} times`;
  const bad = results.filter(({ result }) => result !== "pass");
  // Last words that stand below are not said twice.
  const last = bad.length === 1 && bad[0]?.found === undefined ? "" : ` ${stateInWords(results)}`;
  const says = `waited ${inWords(waited)} for ${poll.for}, asked ${times}; the last answer:${last}`;
  const first = results.findIndex(({ result }) => result !== "pass");
  return results.map((result, at) =>
    result.result === "pass"
      ? result
      : {
          ...result,
          ...(at === first ? { why: [says, result.why].filter(Boolean).join("\n") } : {}),
          fix: result.fix ?? look,
        },
  );
}
