import { expect, test } from "vitest";
import { changedSoFar, leftHalfway } from "../../src/engine/choices.ts";
import type { EventBody } from "../../src/journal/events.ts";
import { foldRun } from "../../src/journal/run-state.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import { ended, events, opened, started } from "../journal/events.ts";
import { fakePlan } from "../tui/fake-plan.ts";
import { sh, stepOf } from "./context.ts";

const undo = { says: "puts the old data back", commands: [sh("true")], onFailure: true };
const copy = stepOf("copy", ["true"], { store: "database", after: "the copy exists", undo });
const swap = stepOf("swap", ["true"], {
  store: "database",
  title: "Swap",
  touchesLive: true,
  after: "shop is restored",
  undo,
});
const base = fakePlan("live");
const [target] = base.targets;
const plan: Plan = { ...base, steps: [copy, swap] };
const after = (...bodies: EventBody[]) => foldRun(events(opened, started("copy"), ended("copy"), ...bodies));

test("what was begun and never came to its end is said, with what undoing it does", () => {
  const state = after(started("swap"));
  expect(leftHalfway(plan, state)).toEqual([
    'step "Swap" was not finished; undoing it puts the old data back',
  ]);
  expect(changedSoFar(plan, state)).toEqual(["the copy exists"]);
  expect(leftHalfway(plan, after(started("swap"), ended("swap")))).toEqual([]);
});

test("what was taken back is not said to be there", () => {
  const state = after(started("swap"), ended("swap"), started("undo swap"), ended("undo swap"));
  expect(leftHalfway(plan, state)).toEqual([]);
  expect(changedSoFar(plan, state)).toEqual([
    `${target?.name} has its old data again: what was put in its place was taken back`,
    "the copy exists",
  ]);
});

test("of several stores the one whose live data was changed is said first: a small screen shows no more", () => {
  const other = { ...target, store: "queue", name: "queue" };
  const state = after(started("swap"), ended("swap"));
  const several = { ...plan, targets: [...base.targets, ...(target ? [{ ...target, ...other }] : [])] };
  expect(changedSoFar(several, state)).toEqual(["shop is restored", "queue is as it was", "the copy exists"]);
});
