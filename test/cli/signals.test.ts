import { afterEach, expect, test } from "vitest";
import { onSignals } from "../../src/cli/signals.ts";

let off = (): void => undefined;
afterEach(() => off());

function listening() {
  const heard: string[] = [];
  const clock = { ms: 0 };
  off = onSignals(
    () => void heard.push("stop"),
    () => void heard.push("end"),
    () => clock.ms,
  );
  return { heard, clock };
}

test("a hang-up that npm and the kernel both deliver does not cut the safe stop short", () => {
  const { heard, clock } = listening();
  process.emit("SIGHUP", "SIGHUP");
  clock.ms += 5;
  process.emit("SIGHUP", "SIGHUP");
  process.emit("SIGTERM", "SIGTERM");
  expect(heard).toEqual(["stop"]);
});

test("a second signal, sent by a person, ends at once", () => {
  const { heard, clock } = listening();
  process.emit("SIGINT", "SIGINT");
  clock.ms += 400;
  process.emit("SIGINT", "SIGINT");
  expect(heard).toEqual(["stop", "end"]);
});

test("afterwards the process has its own manners again", () => {
  const before = process.listenerCount("SIGTERM");
  listening();
  off();
  expect(process.listenerCount("SIGTERM")).toBe(before);
});
