import { afterEach, beforeEach, expect, test } from "vitest";
import { type Bench, only, openBench, scripted, sh, stepOf } from "./context.ts";

let bench: Bench;
beforeEach(() => (bench = openBench()));
afterEach(() => bench.remove());

const OPTIONAL = { optional: "only history is lost" };

test("an optional restore that fails half way is skipped whole, and what it had made is taken back", async () => {
  const create = stepOf("metrics.create", ["echo x > copy"], {
    ...OPTIONAL,
    undo: { says: "drops the copy", commands: [sh("rm copy")], onFailure: false },
  });
  const load = stepOf("metrics.load", ["exit 3"], { ...OPTIONAL, needs: ["metrics.create"] });
  const swap = stepOf("metrics.swap", ["echo x > swapped"], { ...OPTIONAL, needs: ["metrics.load"] });
  const app = stepOf("app", ["echo x > started"], { needs: ["metrics.swap"] });
  const verdict = await bench.run(
    [create, load, swap, app],
    scripted({ choice: "skip", because: "no time for metrics" }),
  );
  expect(verdict).toMatchObject({ exit: 23, word: "RECOVERED WITH 1 DEVIATION" });
  const state = (id: string): string | undefined => bench.state().steps.get(id)?.state;
  expect([state("metrics.load"), state("metrics.swap"), state("app")]).toEqual([
    "skipped",
    "skipped",
    "done",
  ]);
  expect(["copy", "swapped", "started"].map((name) => bench.file(name))).toEqual(["", "", "x\n"]);
  expect(only(bench, "deviation")).toMatchObject([{ what: "skipped", because: "no time for metrics" }]);
});

test("what is not optional is skipped alone: the steps after it still run and are seen", async () => {
  const load = stepOf("data.load", ["exit 3"]);
  const verify = stepOf("data.verify", ["echo x > looked"], { needs: ["data.load"] });
  await bench.run([load, verify], scripted({ choice: "skip", because: "loaded by hand" }));
  expect(bench.file("looked")).toBe("x\n");
});

test("what a skipped part had made and could not take back is a deviation of its own", async () => {
  const create = stepOf("metrics.create", ["echo x > copy"], {
    ...OPTIONAL,
    undo: { says: "drops the copy", commands: [sh("echo busy >&2; exit 9")], onFailure: false },
  });
  const load = stepOf("metrics.load", ["exit 3"], { ...OPTIONAL, needs: ["metrics.create"] });
  const verdict = await bench.run(
    [create, load],
    scripted({ choice: "skip", because: "no time for metrics" }),
  );
  expect(verdict).toMatchObject({ exit: 23, word: "RECOVERED WITH 2 DEVIATIONS" });
  expect(only(bench, "deviation").map(({ what }) => what)).toEqual([
    "skipped",
    expect.stringMatching(/^what it had made is left behind, taking it back failed: .*9/),
  ]);
});
