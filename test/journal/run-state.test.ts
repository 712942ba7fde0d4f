import { expect, test } from "vitest";
import type { EventBody } from "../../src/journal/events.ts";
import { applyEvent, emptyRunState, foldRun, type RunState } from "../../src/journal/run-state.ts";
import { atSecond, ended, events, gate, opened, over, started } from "./events.ts";

const asked = (step: string | null): EventBody => ({ type: "gate.opened", step, gate });
const answered = (step: string | null): EventBody => ({
  type: "gate.answered",
  step,
  answer: "confirmed",
  how: "typed",
});
const failed = ended("copy", "failed", {
  error: { what: "psql: exit 3", why: "disk full" },
  checks: [{ name: "rows", level: "counts", result: "fail" }],
  output: { file: "output/copy.log", lines: 1, bytes: 2, sha256: "ab" },
});

const step = (state: RunState, id: string) => state.steps.get(id);

test.each<[string, EventBody[], (state: RunState) => unknown, unknown]>([
  ["nothing yet", [], (s) => [s.opened, s.steps.size, s.ended], [undefined, 0, undefined]],
  ["an opening is no step", [opened], (s) => [s.openedAt, s.steps.size], [atSecond(0), 0]],
  ["a started step runs", [opened, started("copy")], (s) => step(s, "copy")?.state, "running"],
  ["its start is kept", [opened, started("copy")], (s) => step(s, "copy")?.startedAt, atSecond(10)],
  ["a gate waits", [opened, asked("swap")], (s) => [s.gate?.step, step(s, "swap")?.state], ["swap", "gate"]],
  ["a gate of the plan has no step", [opened, asked(null)], (s) => [s.gate?.step, s.steps.size], [null, 0]],
  [
    "an answered gate waits no more",
    [opened, asked("swap"), answered("swap")],
    (s) => [s.gate, step(s, "swap")?.state],
    [undefined, "waiting"],
  ],
  ["done", [opened, started("copy"), ended("copy")], (s) => step(s, "copy")?.state, "done"],
  ["only printed", [opened, ended("swap", "printed")], (s) => step(s, "swap")?.state, "printed"],
  ["its error is kept", [opened, started("copy"), failed], (s) => step(s, "copy")?.error?.why, "disk full"],
  [
    "a second attempt does not show the first one's failure",
    [opened, started("copy"), failed, started("copy", 2)],
    (s) => {
      const copy = step(s, "copy");
      return [copy?.state, copy?.attempts, copy?.error, copy?.checks, copy?.ms, copy?.output];
    },
    ["running", 2, undefined, [], undefined, undefined],
  ],
  [
    "a run taken up again has no step of the dead process still running, nor its gate open",
    [opened, started("copy"), asked("swap"), opened],
    (s) => [step(s, "copy")?.state, step(s, "copy")?.startedAt, step(s, "swap")?.state, s.gate],
    ["waiting", atSecond(10), "waiting", undefined],
  ],
  ["the first opening counts", [opened, over(130, "INTERRUPTED"), opened], (s) => s.openedAt, atSecond(0)],
  [
    "the verdict of an interrupted run falls when it goes on",
    [opened, over(130, "INTERRUPTED"), opened, started("copy")],
    (s) => [s.ended, s.endedAt],
    [undefined, undefined],
  ],
  [
    "a later clean-up leaves the verdict and its time alone",
    [opened, over(0, "RECOVERED"), opened, started("cleanup swap"), ended("cleanup swap")],
    (s) => [s.ended?.word, s.endedAt, s.lastAt],
    ["RECOVERED", atSecond(10), atSecond(40)],
  ],
  [
    "deviations, notes and removals add up",
    [
      opened,
      { type: "deviation", step: null, what: "no safety copy", because: "no room" },
      { type: "note", text: "called Bob", by: "ada" },
      { type: "kept.removed", step: "swap", name: "shop__before" },
    ],
    (s) => [s.deviations.length, s.notes[0]?.at, s.removed],
    [1, atSecond(20), ["swap"]],
  ],
])("fold: %s", (_name, bodies, look, wanted) => {
  expect(look(foldRun(events(...bodies)))).toEqual(wanted);
});

test("a state handed out is never changed by a later event", () => {
  const [first, second] = events(opened, started("copy"));
  if (!first || !second) throw new Error("two events");
  const before = applyEvent(emptyRunState(), first);
  applyEvent(before, second);
  expect(before.steps.size).toBe(0);
});
