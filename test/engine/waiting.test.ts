import { afterEach, beforeEach, expect, test } from "vitest";
import { presentNdjson } from "../../src/output/ndjson.ts";
import { waitingLine } from "../../src/output/plain-lines.ts";
import { RunFeed } from "../../src/journal/feed.ts";
import type { Check } from "../../src/step/check.ts";
import { fakePlan } from "../tui/fake-plan.ts";
import { type Bench, openBench, only, printsOne, sh, stepOf } from "./context.ts";

let bench: Bench;
beforeEach(() => (bench = openBench()));
afterEach(() => bench.remove());

const waits = (script: string, upToMs = 20_000): Check => ({
  ...printsOne(script),
  poll: { upToMs, for: "the worker to be healthy" },
});
/** Fails twice, prints 0 once, then 1. */
const BECOMES_GREEN =
  "echo x >> asked; case $(wc -l < asked) in 1|2) echo refused >&2; exit 7;; 3) echo 0;; *) echo 1;; esac";
const waiting = (check: Check, more = {}) =>
  stepOf("wait", [], { effect: "reads", checks: [check], ...more });

test("a step waits until the store says so, and its log has a line for each new answer", async () => {
  expect((await bench.run([waiting(waits(BECOMES_GREEN))])).exit).toBe(0);
  expect(bench.file("asked")).toBe("x\nx\nx\nx\n");
  const said = bench
    .file("output/wait.log")
    .split("\n")
    .map((line) => line.replace(/ \(\d+ s\)$/, ""));
  expect(said.filter((line) => line.startsWith("waiting for"))).toEqual([
    "waiting for the worker to be healthy: refused",
    "waiting for the worker to be healthy: 0",
  ]);
  expect(said.filter((line) => line.startsWith("$ "))).toHaveLength(1);
});

test("a step that waits is not ended because it says nothing for longer than its silence limit", async () => {
  expect((await bench.run([waiting(waits(BECOMES_GREEN), { silenceMs: 20 })])).exit).toBe(0);
});

test("the step's timeout ends the waiting, and says that it did", async () => {
  const step = waiting(waits("echo 0"), { timeoutMs: 300 });
  expect((await bench.run([step])).exit).toBe(20);
  expect(bench.state().steps.get("wait")?.error?.why).toMatch(/took longer than 300 ms and was ended/);
});

test("not green in time fails with the last words, and what to look at", async () => {
  const step = waiting(waits("echo 'could not connect to worker' >&2; exit 2", 300));
  expect((await bench.run([step])).exit).toBe(20);
  const error = bench.state().steps.get("wait")?.error;
  expect(error?.why).toMatch(
    /^waited [\d.]+ m?s for the worker to be healthy, asked \d times; the last answer:\ncould not connect to worker\nlikely: /,
  );
  expect(error?.next).toContain("start the server");
});

test("ctrl-c ends the waiting at once: no question is asked after it, and the run can be resumed", async () => {
  const asked = waits("echo x >> asked; [ -e now ] && echo 1 || echo 0");
  const going = bench.run([waiting(asked)]);
  while (bench.file("asked") === "") await new Promise((resolve) => setTimeout(resolve, 5));
  bench.interrupt();
  expect(await going).toMatchObject({ exit: 130 });
  expect(bench.file("asked").length).toBeLessThanOrEqual("x\nx\n".length);
  bench.byHand("touch now");
  expect((await bench.run([waiting(asked)])).exit).toBe(0);
});

test("a program that is missing is no reason to wait", async () => {
  const missing = { ...waits("true"), source: { ...sh(""), argv: ["no-such-program"] } };
  expect((await bench.run([waiting(missing)])).exit).toBe(20);
  expect(only(bench, "step.ended")[0]?.error?.why).toMatch(/no-such-program could not be started/);
});

test("pipes hear of each new answer: as a line, and as an object that is not in the journal", () => {
  const feed = new RunFeed(() => 0);
  const said: string[] = [];
  const stop = presentNdjson(feed, { write: (text) => said.push(text) }, () => new Date(0));
  const words = "waiting for redis to answer: LOADING (12 s)";
  feed.signal({ type: "waiting", step: "copy", words });
  stop();
  feed.signal({ type: "waiting", step: "copy", words: "not heard any more" });
  expect(said.map((line) => JSON.parse(line) as unknown)).toEqual([
    { type: "waiting", step: "copy", words, at: "1970-01-01T00:00:00.000Z" },
  ]);
  const plan = { ...fakePlan("live"), steps: [stepOf("copy", [])] };
  expect(waitingLine({ type: "waiting", step: "copy", words }, plan, new Date(0))).toMatch(
    /^\d\d:\d\d:\d\d LIVE +waiting +1\/1 Title of copy: for redis to answer: LOADING \(12 s\)$/,
  );
});
