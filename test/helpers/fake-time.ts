import type { Sleep } from "../../src/engine/run-context.ts";
import type { Clock } from "../../src/journal/append.ts";

export interface FakeTime {
  clock: Clock;
  sleep: Sleep;
  /** How long each sleep was asked to last, in ms. */
  slept: number[];
  /** Lets time go by without anybody sleeping, as a slow program does. */
  pass: (ms: number) => void;
}

/** Time that only goes by when somebody sleeps. */
export function fakeTime(): FakeTime {
  let now = 0;
  const slept: number[] = [];
  const pass = (ms: number): void => void (now += ms);
  return {
    clock: { now: () => new Date(now), mono: () => now },
    sleep: async (ms, signal) => {
      if (signal.aborted) return;
      slept.push(Math.round(ms));
      pass(ms);
    },
    slept,
    pass,
  };
}
