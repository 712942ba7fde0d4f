import { expect, test } from "vitest";
import { type Answer, pollUntilGreen } from "../../src/engine/poll.ts";
import type { CheckResult } from "../../src/step/check.ts";
import { type FakeTime, fakeTime } from "../helpers/fake-time.ts";

const judged = (...results: Partial<CheckResult>[]): Answer => ({
  judged: true,
  results: results.map((result) => ({ name: "health", level: "other", result: "fail", ...result })),
});
const green = judged({ result: "pass", found: "healthy" });
const notYet = (found: string): Answer => judged({ found });
const refused = (why: string): Answer => ({ ...judged({ why }), judged: false });

interface Polled {
  results: CheckResult[];
  lines: string[];
  asked: number;
  time: FakeTime;
}

/** Gives these answers one after the other, the last one for ever. */
async function polled(
  answers: Answer[],
  upToMs = 60_000,
  onAsk: (time: FakeTime, at: number) => void = () => undefined,
  stop = new AbortController(),
): Promise<Polled> {
  const time = fakeTime();
  const lines: string[] = [];
  let asked = 0;
  const results = await pollUntilGreen({
    poll: { upToMs, for: "postgres to be healthy" },
    ...time,
    signal: stop.signal,
    ask: async () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      onAsk(time, (asked += 1));
      return answer ?? green;
    },
    told: (words, isNew) => void (isNew && lines.push(words)),
    look: "look at it yourself: pg_isready",
  });
  return { results, lines, asked, time };
}

test("what is green at once is asked once, and nobody waits or says so", async () => {
  const { asked, lines, time } = await polled([green]);
  expect({ asked, lines, slept: time.slept }).toEqual({ asked: 1, lines: [], slept: [] });
});

test("pauses grow from 0.2 s by half up to 5 s, and not beyond", async () => {
  const { time } = await polled([notYet("starting")]);
  expect(time.slept.slice(0, 9)).toEqual([200, 300, 450, 675, 1013, 1519, 2278, 3417, 5000]);
  expect(Math.max(...time.slept)).toBe(5000);
});

test("a line is written for each new answer, never for the same one again", async () => {
  const answers = [...Array<Answer>(4).fill(notYet("starting")), notYet("unhealthy"), green];
  const { lines } = await polled(answers);
  expect(lines).toEqual([
    "waiting for postgres to be healthy: starting (0 s)",
    "waiting for postgres to be healthy: unhealthy (1 s)",
  ]);
});

test("the last question is asked when the time is over, not before: what became good in it is not missed", async () => {
  let last = 0;
  const { asked, time } = await polled([notYet("starting")], 10_000, ({ clock }) => (last = clock.mono()));
  expect(last).toBe(10_000);
  expect(time.slept.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(10_000, -1);
  const late = await polled([...Array<Answer>(asked - 1).fill(notYet("starting")), green], 10_000);
  expect(late.results).toEqual(green.results);
});

test("at the end it says how long was waited, how often was asked, what was seen last, where to look", async () => {
  const { results, asked } = await polled([refused("connection refused"), notYet("starting")], 120_000);
  expect(results).toMatchObject([
    {
      result: "fail",
      found: "starting",
      why: `waited 2 min for postgres to be healthy, asked ${asked} times; the last answer: starting`,
      fix: "look at it yourself: pg_isready",
    },
  ]);
});

test("a source that fails is not yet; its last words are the why when the time is over", async () => {
  expect((await polled([refused("connection refused"), green])).results).toEqual(green.results);
  const over = await polled([refused("connection refused\nIs the server running?")], 1_000);
  expect(over.lines).toEqual(["waiting for postgres to be healthy: connection refused (0 s)"]);
  expect(over.results[0]?.why).toMatch(
    /^waited 1 s for .*; the last answer:\nconnection refused\nIs the server running\?$/,
  );
});

test("a source that failed is not green, also where its failure would only count as not checked", async () => {
  const notAsked = { ...judged({ result: "not checked", why: "connection refused" }), judged: false };
  expect((await polled([notAsked, green])).asked).toBe(2);
});

test("what cannot become good any more ends the waiting at once; from a failed source that is never believed", async () => {
  const dead = await polled([notYet("starting"), judged({ found: "exited (1)", final: true })]);
  expect(dead).toMatchObject({ asked: 2, results: [{ found: "exited (1)", final: true }] });
  const source = { ...judged({ final: true }), judged: false };
  expect((await polled([source, green])).asked).toBe(2);
});

test("an answer that compared nothing is not green", async () => {
  const { results, asked } = await polled([judged()], 1_000);
  expect(asked).toBeGreaterThan(1);
  expect(results).toEqual([]);
});

test("a stop ends the waiting at once, in the middle of a pause too", async () => {
  const stop = new AbortController();
  const { asked } = await polled([notYet("starting")], 60_000, (_, at) => at === 3 && stop.abort(), stop);
  expect(asked).toBe(3);
});

test("the time a slow question takes counts", async () => {
  const { asked } = await polled([notYet("starting")], 30_000, ({ pass }) => pass(20_000));
  expect(asked).toBe(3);
});
