import { afterEach, expect, test } from "vitest";
import type { EventBody } from "../../src/journal/events.ts";
import { type Bench, openBench, stepOf } from "./context.ts";

let bench: Bench;
afterEach(() => bench.remove());

/** From the first event that `isFirst` on, the journal's disk is full. */
const fullFrom = (isFirst: (body: EventBody) => boolean): Bench => {
  let full = false;
  return openBench((journal) => ({
    ...journal,
    append: (body, durable) => {
      full ||= isFirst(body);
      if (full) throw new Error("the journal cannot be written: the disk is full");
      return journal.append(body, durable);
    },
  }));
};

const endsAs = (result: string) => (body: EventBody) => body.type === "step.ended" && body.result === result;

const STEPS = [
  stepOf("first", ["exit 3"]),
  stepOf("second", ["true"], { needs: ["first"] }),
  stepOf("third", ["true"], { needs: ["second"] }),
];

test("a disk that fills up when a step ends does not leave the run waiting for the next one for ever", async () => {
  bench = fullFrom(endsAs("failed"));
  await expect(bench.run(STEPS)).rejects.toThrow("the disk is full");
});

test("nor does one that fills up when a step is noted that was never reached", async () => {
  bench = fullFrom(endsAs("cancelled"));
  await expect(bench.run(STEPS)).rejects.toThrow("the disk is full");
});
