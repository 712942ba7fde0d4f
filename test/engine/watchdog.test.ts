import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Watchdog } from "../../src/engine/watchdog.ts";

let now = 0;
const LIMITS = { timeoutMs: 60_000, silenceMs: 10_000 };
const open: Watchdog[] = [];

beforeEach(() => {
  now = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  for (const watchdog of open.splice(0)) watchdog.end();
  vi.useRealTimers();
});

function watch(limits = LIMITS, outer = new AbortController().signal): Watchdog {
  const watchdog = new Watchdog(limits, () => now, outer);
  open.push(watchdog);
  return watchdog;
}

/** Lets the clock go on, and the timers with it. */
function pass(ms: number): void {
  for (let left = ms; left > 0; left -= 500) {
    now += Math.min(500, left);
    vi.advanceTimersByTime(Math.min(500, left));
  }
}

test("silence up to the limit is allowed, longer is not", () => {
  const watchdog = watch();
  pass(10_000);
  expect(watchdog.signal.aborted).toBe(false);
  pass(1_500);
  expect(watchdog.signal.aborted).toBe(true);
  expect(watchdog.reason).toEqual({ kind: "silence", limitMs: 10_000 });
});

test("a word begins the silence anew, but not the timeout", () => {
  const watchdog = watch();
  for (let heard = 0; heard < 7; heard += 1) {
    pass(8_000);
    watchdog.heard(now);
  }
  expect(watchdog.signal.aborted).toBe(false);
  pass(5_500);
  expect(watchdog.reason).toEqual({ kind: "timeout", limitMs: 60_000 });
});

test("what is over can no longer be stopped", () => {
  const outer = new AbortController();
  const watchdog = watch(LIMITS, outer.signal);
  watchdog.end();
  pass(100_000);
  outer.abort();
  expect(watchdog.reason).toBeUndefined();
  expect(watchdog.signal.aborted).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

test("the operator's stop is told from a limit, and the first reason stays", () => {
  const outer = new AbortController();
  const watchdog = watch(LIMITS, outer.signal);
  outer.abort();
  expect(watchdog.signal.aborted).toBe(true);
  pass(100_000);
  expect(watchdog.reason).toEqual({ kind: "interrupted" });
});

test("a stop that came before it was made counts", () => {
  const watchdog = watch(LIMITS, AbortSignal.abort());
  expect(watchdog.signal.aborted).toBe(true);
  expect(watchdog.reason).toEqual({ kind: "interrupted" });
});

test("limits shorter than a second are kept too", () => {
  const watchdog = watch({ timeoutMs: 400, silenceMs: 10_000 });
  pass(500);
  expect(watchdog.reason?.kind).toBe("timeout");
});

test("wall clock jumps do not matter: only the monotonic clock is asked", () => {
  const watchdog = watch();
  vi.setSystemTime(new Date("2030-01-01"));
  pass(5_000);
  expect(watchdog.signal.aborted).toBe(false);
});
