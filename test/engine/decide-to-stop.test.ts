import { afterEach, beforeEach, expect, test } from "vitest";
import type { Decide } from "../../src/engine/decide.ts";
import { type Bench, ONCE, only, openBench, scripted, sh, stepOf } from "./context.ts";

let bench: Bench;
beforeEach(() => (bench = openBench()));
afterEach(() => bench.remove());
const lines = (name: string): number => bench.file(name).split("\n").length - 1;

const undoable = (id: string, more = {}) =>
  stepOf(id, [`touch ${id}`], {
    undo: { says: `removes ${id}`, commands: [sh(`rm ${id}; echo ${id} >> undone`)], onFailure: false },
    ...more,
  });

test("undo: everything is taken back, the newest first, what had only begun too, exit 21", async () => {
  const failing = undoable("c", { needs: ["b"], commands: [sh("touch c; exit 3")] });
  const steps = [undoable("a"), undoable("b", { needs: ["a"] }), failing, undoable("d", { needs: ["c"] })];
  const verdict = await bench.run(steps, scripted({ choice: "undo" }));
  expect(verdict).toMatchObject({ exit: 21, word: "FAILED AND UNDONE" });
  expect(bench.file("undone")).toBe("c\nb\na\n");
});

test("undo: one that fails is exit 22, and what comes before it is left as it is", async () => {
  const bad = undoable("b", { needs: ["a"] });
  const steps = [
    undoable("a"),
    { ...bad, undo: { says: "removes b", commands: [sh("exit 5")], onFailure: false } },
    stepOf("c", ["exit 3"], { needs: ["b"] }),
  ];
  expect((await bench.run(steps, scripted({ choice: "undo" }))).exit).toBe(22);
  expect(bench.file("undone")).toBe("");
});

test("leave: exit 20, and resuming goes on with the failed step; what was settled is not run again", async () => {
  const first = stepOf("first", ["echo x >> firsts"]);
  const flaky = stepOf("flaky", [ONCE], { needs: ["first"] });
  const last = stepOf("last", ["echo z >> lasts"], { needs: ["flaky"] });
  const steps = [first, flaky, last];
  const left = await bench.run(steps, scripted({ choice: "leave" }));
  expect(left).toMatchObject({ exit: 20, word: "FAILED" });
  expect(left.next[0]).toMatch(/^to go on from there: lifeboat resume /);
  expect(await bench.run(steps)).toMatchObject({ exit: 0, word: "RECOVERED" });
  expect([lines("firsts"), lines("done"), lines("lasts")]).toEqual([1, 1, 1]);
  expect(bench.events().map((event) => event.seq)).toEqual(bench.events().map((_, at) => at + 1));
});

test("leave: the way back is named, also when what failed is all there is to take back; not when that was done", async () => {
  const half = stepOf("half", ["exit 3"]);
  const undo = { says: "removes half of it", commands: [sh("true")], onFailure: false };
  const left = await bench.run([{ ...half, undo }], scripted({ choice: "leave" }));
  expect(left.next).toContainEqual(expect.stringContaining("to take back what was done: lifeboat undo "));
  bench.remove();
  bench = openBench();
  const back = await bench.run(
    [{ ...half, undo: { ...undo, onFailure: true } }],
    scripted({ choice: "leave" }),
  );
  expect(back.next).toEqual([expect.stringContaining("lifeboat resume ")]);
});

test("a step that says nothing for too long is ended, and decided about like one that failed", async () => {
  const silent = stepOf("silent", ["[ -e tried ] || { touch tried; sleep 30; }"], { silenceMs: 150 });
  const decide = scripted({ choice: "retry" });
  expect((await bench.run([silent], decide)).exit).toBe(0);
  expect(decide.asked[0]?.failure.what).toMatch(/printed nothing for .* and was ended/);
});

test("two steps that fail at once are asked about one after the other", async () => {
  let open = 0;
  const most: number[] = [];
  const both = "touch $0.here; while [ ! -e a.here ] || [ ! -e b.here ]; do sleep 0.01; done";
  const fails = (id: string) =>
    stepOf(id, [], {
      commands: [
        {
          argv: ["sh", "-c", `${both}; [ -e $0.tried ] || { touch $0.tried; exit 3; }`, id],
          env: {},
          secrets: {},
        },
      ],
    });
  const decide: Decide = async () => {
    most.push((open += 1));
    await new Promise((resolve) => setTimeout(resolve, 30));
    open -= 1;
    return { choice: "retry", how: "typed" };
  };
  expect((await bench.run([fails("a"), fails("b")], decide)).exit).toBe(0);
  expect(most).toEqual([1, 1]);
});

test("once one of two failed steps is left, nobody is asked about the other", async () => {
  const both = "touch $0.here; while [ ! -e a.here ] || [ ! -e b.here ]; do sleep 0.01; done; exit 3";
  const fails = (id: string) =>
    stepOf(id, [], { commands: [{ argv: ["sh", "-c", both, id], env: {}, secrets: {} }] });
  const answer = scripted({ choice: "leave" });
  const decide: Decide = async (situation, signal) => {
    // Both have failed before the first is answered.
    while (only(bench, "step.ended").length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    return answer(situation, signal);
  };
  expect((await bench.run([fails("a"), fails("b")], decide)).exit).toBe(20);
  expect(only(bench, "decision.opened")).toHaveLength(1);
});

test("ctrl-c while a decision waits is 130, and leaves the run resumable", async () => {
  const steps = [stepOf("flaky", [ONCE])];
  const decide: Decide = (_situation, signal) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve({ choice: "leave", how: "nobody" }));
      bench.interrupt();
    });
  expect(await bench.run(steps, decide)).toMatchObject({ exit: 130, word: "INTERRUPTED" });
  expect((await bench.run(steps)).exit).toBe(0);
});

test("what must not stay is taken back before anybody is asked, and a retry makes it undoable again", async () => {
  const fence = stepOf("swap", ["touch fence; [ -e tried ] || { touch tried; exit 3; }; touch swapped"], {
    undo: { says: "opens the door", commands: [sh("rm -f fence; echo u >> undone")], onFailure: true },
  });
  const seen: string[] = [];
  const decide: Decide = async ({ step }) => {
    seen.push(bench.file("undone"), String(bench.state().steps.get(`undo ${step.id}`)?.state));
    return { choice: "retry", how: "typed" };
  };
  expect((await bench.run([fence], decide)).exit).toBe(0);
  expect(seen).toEqual(["u\n", "done"]);
  expect(bench.state().steps.has("undo swap")).toBe(false);
});

test("what was taken back at once is not taken back twice when the run is left", async () => {
  const fence = stepOf("swap", ["touch fence; exit 3"], {
    undo: { says: "opens the door", commands: [sh("rm fence; echo u >> undone")], onFailure: true },
  });
  expect((await bench.run([fence], scripted({ choice: "leave" }))).exit).toBe(20);
  expect(lines("undone")).toBe(1);
});

test("without anybody to ask, a failure ends the run as --on-failure says", async () => {
  const steps = [undoable("a"), stepOf("b", ["exit 3"], { needs: ["a"] })];
  expect((await bench.run(steps, undefined, { onFailure: "undo" })).exit).toBe(21);
  expect(only(bench, "decision.opened")).toEqual([]);
});
