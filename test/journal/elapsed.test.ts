import { expect, test } from "vitest";
import type { EventBody, JournalEvent } from "../../src/journal/events.ts";
import { tookMs } from "../../src/journal/objectives.ts";
import { foldRun } from "../../src/journal/run-state.ts";
import { atSecond, ended, opened, over, started } from "./events.ts";

const HOUR = 3600;
const event = (body: EventBody, second: number, monoSeconds: number): JournalEvent => ({
  ...body,
  seq: 1,
  at: atSecond(second),
  mono: monoSeconds * 1000,
  prev: "",
});

test("a clock that is set back or forward in the middle of a run makes it neither shorter nor longer", () => {
  for (const jump of [-3 * HOUR, 3 * HOUR]) {
    const state = foldRun([
      event(opened, 0, 100),
      event(started("create"), 10, 110),
      event(ended("create"), jump + 20, 120),
      event(over(0, "RECOVERED"), jump + 30, 130),
    ]);
    expect(tookMs(state)).toBe(30_000);
  }
});

test("the time between two processes counts, although each has a monotonic clock of its own", () => {
  const state = foldRun([
    event(opened, 0, 5000),
    event(started("create"), 10, 5010),
    event(opened, 70, 1),
    event(ended("create"), 75, 6),
  ]);
  expect(tookMs(state)).toBe(75_000);
});

test("a note of another process does not bring its clock with it", () => {
  const state = foldRun([
    event(opened, 0, 10),
    event({ type: "note", text: "called the provider", by: "bo@laptop" }, 4, 90_000),
    event(over(0, "RECOVERED"), 8, 18),
  ]);
  expect(tookMs(state)).toBe(8_000);
});

test("a later undo does not lengthen what the recovery took", () => {
  const state = foldRun([
    event(opened, 0, 10),
    event(over(0, "RECOVERED"), 8, 18),
    event(opened, HOUR, 1),
    event(started("undo swap"), HOUR + 1, 2),
    event(ended("undo swap"), HOUR + 2, 3),
  ]);
  expect(tookMs(state)).toBe(8_000);
});
