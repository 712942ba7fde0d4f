import { afterEach, beforeEach, expect, test } from "vitest";
import type { Decide } from "../../src/engine/decide.ts";
import { runFacts } from "../../src/journal/run-facts.ts";
import { fakePlan } from "../tui/fake-plan.ts";
import { type Bench, ONCE, only, openBench, printsOne, scripted, SECRET, sh, stepOf } from "./context.ts";

let bench: Bench;
beforeEach(() => (bench = openBench()));
afterEach(() => bench.remove());

const lines = (name: string): number => bench.file(name).split("\n").length - 1;
const deviations = (): string[] => only(bench, "deviation").map((event) => event.what);

test("retry: the step is run again, what follows too, and the first attempt does not count", async () => {
  const after = stepOf("after", ["echo y >> done"], { needs: ["flaky"] });
  const verdict = await bench.run([stepOf("flaky", [ONCE]), after], scripted({ choice: "retry" }));
  expect(verdict).toMatchObject({ exit: 0, word: "RECOVERED" });
  expect(bench.file("done")).toBe("x\ny\n");
  expect(bench.state().steps.get("flaky")).toMatchObject({ state: "done", attempts: 2, error: undefined });
  expect(only(bench, "decision.made")).toMatchObject([{ step: "flaky", choice: "retry", how: "typed" }]);
  expect(deviations()).toEqual([]);
});

test("a failed check of an attempt that was retried is not counted among the failed checks", async () => {
  const step = stepOf("flaky", ["[ -e tried ] && touch good; touch tried"], {
    checks: [printsOne("[ -e good ] && echo 1 || echo 0")],
  });
  const verdict = await bench.run([step], scripted({ choice: "retry" }));
  expect(verdict.exit).toBe(0);
  const facts = runFacts(bench.state(), { ...fakePlan("live"), steps: [step] });
  expect([facts.passed.length, facts.failed.length]).toEqual([1, 0]);
});

test("what is asked says the error, its likely cause and what to do, what was changed and what each choice does", async () => {
  const first = stepOf("first", ["true"], {
    after: "the copy exists",
    undo: { says: "drops the copy", commands: [sh("true")], onFailure: false },
  });
  const full = stepOf("full", ["echo 'No space left on device' >&2; exit 1"], { needs: ["first"] });
  const decide = scripted({ choice: "leave" });
  await bench.run([first, full], decide);
  const [asked] = decide.asked;
  expect(asked?.failure.why).toContain("likely: a disk is full");
  expect(asked?.failure.next).toContain("free space");
  expect(asked?.changed).toContain("the copy exists");
  expect(asked?.choices.map((c) => c.choice)).toEqual([
    "retry",
    "edit",
    "fixed",
    "skip",
    "shell",
    "undo",
    "leave",
  ]);
  expect(asked?.choices.find((c) => c.choice === "undo")?.says).toContain("drops the copy");
  expect(asked?.commandText).toBe("echo 'No space left on device' >&2; exit 1");
});

test("edit: the new text runs with token, secret and folder of the old; the journal has the change, never the secret", async () => {
  const command = sh('test -n "$TOKEN_SECRET" || exit 9\necho wrong >&2\nexit 3', { token: "tok-1" });
  const edited = 'test -n "$TOKEN_SECRET" || exit 9\necho "$TOKEN_SECRET" > used\necho tok-1';
  const step = stepOf("load", [], { commands: [sh("echo first >> firsts"), command] });
  const verdict = await bench.run([step], scripted({ choice: "edit", edited, because: "a typo" }));
  expect(verdict).toMatchObject({ exit: 23, word: "RECOVERED WITH 1 DEVIATION" });
  expect(bench.file("used")).toBe(`${SECRET}\n`);
  expect(lines("firsts")).toBe(2);
  expect(only(bench, "decision.made")[0]?.diff).toEqual([
    "- echo wrong >&2",
    "- exit 3",
    '+ echo "$TOKEN_SECRET" > used',
    "+ echo tok-1",
  ]);
  expect(only(bench, "deviation")).toMatchObject([{ what: "run with an edited command", because: "a typo" }]);
  expect(bench.file("journal.jsonl")).not.toContain(SECRET);
});

test("edit: a command that only exits with 0 and does not print the token is not done", async () => {
  const step = stepOf("load", [], { commands: [sh("exit 3", { token: "tok-1" })] });
  const decide = scripted({ choice: "edit", edited: "true" }, { choice: "leave" });
  expect((await bench.run([step], decide)).exit).toBe(20);
  expect(decide.asked[1]?.commandText).toBe("true");
});

test("edit: an empty text is no command, and the question is asked again", async () => {
  const decide = scripted({ choice: "edit", edited: "  \n" }, { choice: "edit" }, { choice: "leave" });
  expect((await bench.run([stepOf("load", ["exit 3"])], decide)).exit).toBe(20);
  expect(bench.state().steps.get("load")).toMatchObject({ state: "failed", attempts: 1 });
  expect(deviations()).toEqual([]);
});

const PROBE = sh("if [ -e fixed ]; then echo DONE; else echo NOT DONE; fi");

test("fixed: when probe and checks agree it is done by hand, and its commands are not run again", async () => {
  const step = stepOf("flaky", ["echo run >> runs; exit 3"], {
    probe: PROBE,
    checks: [printsOne("cat fixed")],
  });
  const answer = scripted({ choice: "fixed", because: "ran it in psql" });
  const decide: Decide = async (situation, signal) => {
    bench.byHand("echo 1 > fixed");
    return answer(situation, signal);
  };
  const after = stepOf("after", ["echo y >> done"], { needs: ["flaky"] });
  expect(await bench.run([step, after], decide)).toMatchObject({ exit: 23 });
  expect([lines("runs"), lines("done")]).toEqual([1, 1]);
  expect(only(bench, "probe.answered")).toMatchObject([{ step: "flaky", answer: "DONE" }]);
  expect(only(bench, "deviation")).toMatchObject([{ what: "done by hand", because: "ran it in psql" }]);
  expect(bench.state().steps.get("flaky")).toMatchObject({ state: "done", checks: [{ result: "pass" }] });
});

test("fixed: the probe is believed, not the word, and everything can still be chosen", async () => {
  const step = stepOf("flaky", ["exit 3"], { probe: PROBE });
  const decide = scripted({ choice: "fixed" }, { choice: "leave" });
  expect((await bench.run([step], decide)).exit).toBe(20);
  expect(decide.asked[1]?.failure.what).toBe("the probe says NOT DONE");
  expect(decide.asked[1]?.choices.map((c) => c.choice)).toContain("edit");
  expect(deviations()).toEqual([]);
});

test("fixed: a red check is a failure, whatever the probe says", async () => {
  const step = stepOf("flaky", ["exit 3"], { probe: sh("echo DONE"), checks: [printsOne("echo 0")] });
  const decide = scripted({ choice: "fixed" }, { choice: "leave" });
  expect((await bench.run([step], decide)).exit).toBe(20);
  expect(decide.asked[1]?.failure.what).toContain("check failed");
});

test("fixed: where neither probe nor check can tell, the report says whose word it is", async () => {
  const verdict = await bench.run([stepOf("flaky", ["exit 3"])], scripted({ choice: "fixed" }));
  expect(verdict.exit).toBe(23);
  expect(deviations()).toEqual(["done by hand, on the operator's word: nothing could tell"]);
});

test("skip: an optional step goes by its reason, what follows is run, exit 23", async () => {
  const step = stepOf("extra", ["exit 3"], { optional: "the search is slow" });
  const after = stepOf("after", ["echo y >> done"], { needs: ["extra"] });
  const decide = scripted({ choice: "skip", because: "not needed tonight" });
  expect(await bench.run([step, after], decide)).toMatchObject({
    exit: 23,
    word: "RECOVERED WITH 1 DEVIATION",
  });
  expect(decide.asked[0]?.choices.find((c) => c.choice === "skip")?.type).toBeUndefined();
  expect(only(bench, "deviation")).toMatchObject([
    { step: "extra", what: "skipped", because: "not needed tonight" },
  ]);
  expect(lines("done")).toBe(1);
});

test("skip: what the runbook does not allow has to be typed, and the report says so", async () => {
  const decide = scripted({ choice: "skip", because: "done on the replica" });
  expect((await bench.run([stepOf("must", ["exit 3"], { store: "database" })], decide)).exit).toBe(23);
  expect(decide.asked[0]?.choices.find((c) => c.choice === "skip")?.type).toBe("plotzed");
  expect(only(bench, "deviation")).toMatchObject([
    { what: "skipped although the runbook does not allow it", because: "done on the replica" },
  ]);
});
