import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EventBody, JournalEvent } from "../../src/journal/events.ts";
import { RunFeed } from "../../src/journal/feed.ts";
import { callOut, type Receiver } from "../../src/notify/call-out.ts";
import type { Mode } from "../../src/step/mode.ts";
import { ended, gate, opened, over, started } from "../journal/events.ts";
import { fakePlan } from "../tui/fake-plan.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 20, 11, 0, 0);
beforeEach(() => vi.useFakeTimers({ now: START }));
afterEach(() => vi.useRealTimers());

const slack: Receiver = { kind: "slack", url: "https://hooks/canary", afterMs: 5 * MINUTE, drills: false };
const hook: Receiver = { kind: "webhook", url: "http://127.0.0.1/x", afterMs: MINUTE, drills: true };
const asked: EventBody = { type: "gate.opened", step: "swap", gate };
const answered: EventBody = { type: "gate.answered", step: "swap", answer: "confirmed", how: "typed" };

function calling(mode: Mode, receivers: Receiver[], send = async (): Promise<void> => undefined) {
  const feed = new RunFeed(() => Date.now());
  const sent: { url: string; body: Record<string, unknown> }[] = [];
  const failures: string[] = [];
  let seq = 0;
  const finish = callOut({
    plan: fakePlan(mode),
    feed,
    receivers,
    send: async (url, body) => {
      sent.push({ url, body: JSON.parse(body) });
      await send();
    },
    redact: (text) => text.replaceAll("hunter2", "‹secret›"),
    now: () => new Date(),
    onFailure: (what) => failures.push(what),
  });
  const say = (...bodies: EventBody[]): void => {
    for (const body of bodies) {
      const at = new Date().toISOString();
      feed.event({ ...body, seq: (seq += 1), at, mono: seq, prev: "" } as JournalEvent);
    }
  };
  say(opened);
  return { say, sent, failures, finish };
}

test("a gate that waits too long calls each receiver once, after its own time", async () => {
  const { say, sent } = calling("live", [slack, hook]);
  say(asked);
  await vi.advanceTimersByTimeAsync(MINUTE - 1);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.map((one) => one.url)).toEqual([hook.url]);
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(sent.map((one) => one.url)).toEqual([hook.url, slack.url]);
  say(answered, asked);
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(sent).toHaveLength(4);
});

test("the call says mode, system, run, step, what is asked, since when, and where", async () => {
  const { say, sent } = calling("live", [hook, { ...slack, afterMs: MINUTE }]);
  say(asked);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(sent[0]?.body).toMatchObject({
    event: "waiting",
    mode: "LIVE",
    system: "plotzed",
    runbook: "database-lost",
    run: fakePlan("live").run,
    step: "6 Swap",
    asks: gate.prompt,
    since: "2026-11-20T11:00:00.000Z",
    machine: "jump1",
    operator: "ada",
  });
  const { text } = sent[1]?.body ?? {};
  expect(Object.keys(sent[1]?.body ?? {})).toEqual(["text"]);
  expect(text).toContain("LIVE plotzed / database-lost waits for an answer\nstep 6 Swap: Type the name");
  expect(text).toContain("since 2026-11-20 11:00:00 UTC (1 min), on jump1, begun by ada");
});

test("who answers in time is not called; nor is anybody once the run is over", async () => {
  const { say, sent } = calling("drill", [hook]);
  say(asked, answered);
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  say(asked, over(30, "REFUSED"));
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(sent).toEqual([]);
});

test("a decision that waits calls too, with what failed, never with a secret, and no markup of Slack's", async () => {
  const { say, sent } = calling("live", [
    { ...slack, afterMs: 0 },
    { ...hook, afterMs: 0 },
  ]);
  const failure = { what: "psql said <!channel> & hunter2" };
  say(started("beside"), ended("beside", "failed", { error: failure }));
  say({ type: "decision.opened", step: "beside", failure, changed: [], choices: [] });
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toHaveLength(2);
  expect(JSON.stringify(sent)).not.toContain("hunter2");
  expect(sent[0]?.body["text"]).toContain("psql said &lt;!channel&gt; &amp; ‹secret›");
  say({ type: "decision.made", step: "beside", choice: "retry", how: "typed" });
});

test("two gates side by side are two calls, and an answer to one does not silence the other", async () => {
  const { say, sent } = calling("live", [hook]);
  say(asked, { ...asked, step: "call" } as EventBody, answered);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(sent.map((one) => one.body["step"])).toEqual(["5 Tell the team"]);
});

test("the end of a live run is told with its word and exit; of a drill or a dry run it is not", async () => {
  const live = calling("live", [slack, hook]);
  live.say(over(20, "FAILED"));
  expect(live.sent.map((one) => one.url)).toEqual([slack.url, hook.url]);
  expect(live.sent[1]?.body).toMatchObject({ event: "ended", word: "FAILED", exit: 20 });
  for (const mode of ["drill", "dry-run"] as const) {
    const other = calling(mode, [slack, hook]);
    other.say(over(0, "DONE"));
    expect(other.sent).toEqual([]);
  }
});

test("a dry run never calls, and a drill only where it is wanted", async () => {
  const dry = calling("dry-run", [slack, hook]);
  const drill = calling("drill", [slack, hook]);
  dry.say(asked);
  drill.say(asked);
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(dry.sent).toEqual([]);
  expect(drill.sent.map((one) => one.url)).toEqual([hook.url]);
});

test("a call that fails is told by its kind, without the address", async () => {
  const { say, failures } = calling("live", [{ ...slack, afterMs: 0 }], async () => {
    throw new Error("connect ECONNREFUSED");
  });
  say(asked);
  await vi.advanceTimersByTimeAsync(1);
  expect(failures).toEqual(["by slack: connect ECONNREFUSED"]);
});

test("the end of the run waits for the last calls, but not long for one that does not answer", async () => {
  const { say, failures, finish } = calling("live", [slack], () => new Promise(() => undefined));
  say(over(0, "RECOVERED"));
  let isOver = false;
  const finished = finish().then(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(2_900);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  await finished;
  expect(failures).toEqual(["that the run ended: the receiver did not answer in time"]);
});
