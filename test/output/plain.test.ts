import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { presentNdjson } from "../../src/output/ndjson.ts";
import { presentPlain, resultText } from "../../src/output/plain.ts";
import { journalEventSchema } from "../../src/journal/events.ts";
import { fakePlan } from "../tui/fake-plan.ts";
import { fakeRun } from "../tui/fake-run.ts";
import { NOW } from "../tui/fake-services.ts";

// oxlint-disable-next-line no-control-regex -- looking for control characters is the point
const CONTROL = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/;

const confirmAll = (run: ReturnType<typeof fakeRun>): void => {
  run.feed.onEvent((event) => {
    if (event.type === "gate.opened") setImmediate(() => run.answerGate({ answer: "confirmed" }));
  });
};

async function plain(fail?: string): Promise<string[]> {
  const written: string[] = [];
  const run = fakeRun(fakePlan("live"), { now: () => NOW, fail, lines: 30 });
  confirmAll(run);
  const stop = presentPlain(run.feed, run.plan, { write: (text) => written.push(text) }, () => NOW);
  const outcome = await run.finished;
  stop();
  return [
    ...written.join("").split("\n"),
    ...resultText(run.feed.snapshot().state, run.plan, { ...outcome, folder: run.folder }),
  ];
}

describe("the plain presenter", () => {
  it("writes a line a step with time, mode, state, title and duration, and no control character", async () => {
    const lines = await plain();
    expect(lines.find((line) => line.includes("done      3/7"))).toMatch(
      /^\d\d:\d\d:\d\d LIVE done {6}3\/7 Restore beside {2}1\.2 s$/,
    );
    expect(lines.join("\n").replaceAll("\n", "")).not.toMatch(CONTROL);
  });

  it("writes what a gate asks, and the flag that answers it", async () => {
    const text = (await plain()).join("\n");
    expect(text).toMatch(/gate +6\/7 Swap\n {2}The restored copy is verified/);
    expect(text).toContain("without a terminal: --confirm plotzed");
    expect(text).toContain("confirmed at the keyboard");
  });

  it("writes the last lines of a failing step, cleaned, and where all of them are", async () => {
    const text = (await plain("beside")).join("\n");
    expect(text).toContain("last 15 of 30 lines of output, all of it in output/beside.log:");
    expect(text).toContain("  | beside: line 30^G データ");
    expect(text).not.toContain("line 15^G");
    expect(text).toMatch(
      /what: Restore beside: exit 3\n {2}why: relation exists\n {4}likely: look\n {2}next: look/,
    );
  });

  it("ends with the word, the objectives, the checks, and where the report is", async () => {
    const text = (await plain()).join("\n");
    expect(text).toMatch(/LIVE {2}plotzed \/ database-lost {2}RECOVERED\n/);
    expect(text).toMatch(/checks +2 passed, 0 failed, 2 not checked/);
    expect(text).toMatch(/report +\/home.*report\.md/);
    expect(text).toMatch(/exit +0, done/);
  });
});

const hanging = () =>
  fakeRun(fakePlan("live"), {
    now: () => new Date(),
    pause: (what) => (what === "beside 3" ? new Promise(() => {}) : Promise.resolve()),
  });

describe("the heartbeat", () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOW }));
  afterEach(() => void vi.useRealTimers());

  it("says every 30 s that something still runs, and for how long it has been silent", async () => {
    const written: string[] = [];
    const run = hanging();
    const stop = presentPlain(run.feed, run.plan, { write: (text) => written.push(text) }, () => new Date());
    await vi.advanceTimersByTimeAsync(90_500);
    const beats = written.filter((line) => line.includes("still running"));
    expect(beats).toHaveLength(3);
    expect(beats[2]).toContain(
      "still running: 3/7 Restore beside, 1 min 30 s, 50 %  41 MB/s, last output 1 min 30 s ago",
    );
    stop();
    await vi.advanceTimersByTimeAsync(90_000);
    expect(written.filter((line) => line.includes("still running"))).toHaveLength(3);
  });

  it("is a line of JSON of its own in NDJSON, every other line is the journal's event", async () => {
    const written: string[] = [];
    const run = hanging();
    const stop = presentNdjson(run.feed, { write: (text) => written.push(text) }, () => new Date());
    await vi.advanceTimersByTimeAsync(30_500);
    stop();
    const values: unknown[] = written.map((line) => JSON.parse(line));
    expect(values.at(-1)).toMatchObject({ type: "heartbeat", step: "beside", ms: 30_000, silentMs: 30_000 });
    for (const value of values.slice(0, -1)) journalEventSchema.parse(value);
    expect(written.every((line) => line.endsWith("\n") && line.indexOf("\n") === line.length - 1)).toBe(true);
  });
});
