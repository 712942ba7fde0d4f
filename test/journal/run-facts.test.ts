import { expect, test } from "vitest";
import { resultRows } from "../../src/journal/result-rows.ts";
import { runFacts } from "../../src/journal/run-facts.ts";
import { foldRun } from "../../src/journal/run-state.ts";
import type { EventBody } from "../../src/journal/events.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import { fakePlan } from "../tui/fake-plan.ts";
import { atSecond, ended, events, opened, over, started } from "./events.ts";

const plan: Plan = { ...fakePlan("live"), rtoMs: 60_000 };
const state = (...bodies: EventBody[]) => foldRun(events(...bodies));
const row = (label: string, ...bodies: EventBody[]): string | undefined =>
  resultRows(state(...bodies), plan, { exit: 0, report: "r", folder: "f" }).find((r) => r.label === label)
    ?.text;

test("a run that failed quickly has not met its RTO", () => {
  const facts = runFacts(state(opened, started("swap"), over(20, "FAILED")), plan);
  expect(facts.rto).toMatchObject({ reached: false, met: undefined });
  expect(row("RTO", opened, over(20, "FAILED"))).toBe(
    "not reached: nothing recovered, took 10 s, allowed 1 min",
  );
});

test("a run that failed late has missed it", () => {
  const late = Array.from({ length: 7 }, () => started("swap"));
  expect(row("RTO", opened, ...late, over(24, "VERIFICATION IS RED"))).toMatch(/^MISSED: nothing recovered/);
});

test("a recovery in time is met, one that took too long is missed", () => {
  expect(row("RTO", opened, over(0, "RECOVERED"))).toBe("met: took 10 s, allowed 1 min");
  const late = Array.from({ length: 7 }, () => started("swap"));
  expect(row("RTO", opened, ...late, over(0, "RECOVERED"))).toBe("MISSED: took 1 min 20 s, allowed 1 min");
});

test("a clean-up days later is not part of the time to recover", () => {
  const [first, second, third] = events(opened, over(0, "RECOVERED"), started("cleanup swap"));
  if (!first || !second || !third) throw new Error("three events");
  const facts = runFacts(foldRun([first, second, { ...third, at: "2026-12-01T00:00:00.000Z" }]), plan);
  expect(facts.tookMs).toBe(10_000);
});

test("the loss is measured from the backup to the start; a dry run measures no recovery", () => {
  const recovered = state(opened, over(0, "RECOVERED"));
  const since = Date.parse(atSecond(0)) - Date.parse("2026-11-20T02:00:04.000Z");
  expect(runFacts(recovered, plan).rpo).toMatchObject({ measuredMs: since, met: true });
  expect(runFacts(recovered, { ...plan, rpoMs: 3_600_000 }).rpo?.met).toBe(false);
  const [backup] = plan.backups;
  const newer = {
    ...plan,
    backups: [...plan.backups, ...(backup ? [{ ...backup, time: atSecond(-5) }] : [])],
  };
  expect(runFacts(recovered, newer).rpo?.measuredMs).toBe(since);
  expect(runFacts(recovered, { ...plan, mode: "dry-run" }).rto).toBeUndefined();
  expect(runFacts(recovered, { ...plan, backups: [] }).rpo).toBeUndefined();
});

test.each<[string, EventBody[], number]>([
  ["kept after the swap", [ended("swap")], 1],
  ["not when the swap failed", [ended("swap", "failed")], 0],
  ["not once it was removed", [ended("swap"), { type: "kept.removed", step: "swap", name: "x" }], 0],
  ["not once it was cleaned up", [ended("swap"), started("cleanup swap"), ended("cleanup swap")], 0],
  ["not once it was undone", [ended("swap"), started("undo swap"), ended("undo swap")], 0],
  ["still when the undo failed", [ended("swap"), started("undo swap"), ended("undo swap", "failed")], 1],
])("what is kept: %s", (_name, bodies, kept) => {
  expect(runFacts(state(opened, started("swap"), ...bodies), plan).kept).toHaveLength(kept);
});

test("bringing servers up meets no objective; what continues it counts from its start, time and loss", () => {
  const recovered = state(opened, over(0, "RECOVERED"));
  const up = { ...plan, bringsUp: { rest: "lifeboat run …" } };
  expect(runFacts(recovered, up).rto).toBeUndefined();
  const continues = { run: "first", startedAt: atSecond(-55) };
  const facts = runFacts(recovered, { ...plan, continues });
  const alone = runFacts(recovered, plan);
  expect(facts.rto).toMatchObject({ measuredMs: 65_000, met: false });
  expect(facts.rpo?.measuredMs).toBe((alone.rpo?.measuredMs ?? 0) - 55_000);
});
