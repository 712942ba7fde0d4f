import { describe, expect, it } from "vitest";
import type { EventBody } from "../../src/journal/events.ts";
import { foldRun } from "../../src/journal/run-state.ts";
import { runLog } from "../../src/tui/run-log.ts";
import { ended, events, opened, over, started } from "../journal/events.ts";
import { fakePlan } from "./fake-plan.ts";

const plan = fakePlan("live");

const lines = (...bodies: EventBody[]): string[] =>
  runLog(plan, foldRun(events(...bodies)))
    .slice(1)
    .map(({ spans }) => spans.map((span) => (typeof span === "string" ? span : span.text)).join(""))
    .map((line) => line.trim().replaceAll(/ +/g, " "));

const keys = (bodies: EventBody[]): string[] =>
  runLog(plan, foldRun(events(...bodies))).map((line) => line.key);

const decided = (choice: "retry" | "skip", because?: string): EventBody => ({
  type: "decision.made",
  step: "migrate",
  choice,
  how: "typed",
  ...(because === undefined ? {} : { because }),
});

describe("the log of a run that was taken up again", () => {
  it("has the interruption between what was done before and after it", () => {
    const log = lines(
      opened,
      started("gone"),
      ended("gone"),
      started("beside"),
      opened,
      started("beside"),
      ended("beside"),
    );
    expect(log).toHaveLength(3);
    expect(log[0]).toMatch(/^done 1 /);
    expect(log[1]).toMatch(/^interrupted \d\d:\d\d to \d\d:\d\d, \d+ s$/);
    expect(log[2]).toMatch(/^done 3 /);
  });

  it("has what was decided before what came of it, and notes where they were written", () => {
    const note: EventBody = { type: "note", text: "the vendor calls back", by: "ada" };
    const log = lines(
      opened,
      started("migrate"),
      ended("migrate", "failed"),
      decided("retry"),
      decided("skip", "known"),
      ended("migrate", "skipped"),
      note,
    );
    expect(log).toEqual([
      "decided 7 Migrations: retry",
      "decided 7 Migrations: skip, because: known",
      expect.stringMatching(/^skipped 7 Migrations/),
      "note ada: the vendor calls back",
    ]);
  });

  it("is the same when it is folded again after more has happened", () => {
    const first = [opened, started("gone"), ended("gone")];
    const later = keys([...first, opened, over(0, "RECOVERED")]);
    for (const key of keys(first)) expect(later).toContain(key);
    expect(new Set(later).size).toBe(later.length);
  });
});
