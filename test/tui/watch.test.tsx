import { afterEach, describe, expect, it } from "vitest";
import { fakePlan } from "./fake-plan.ts";
import { fakeRun, type FakeRun } from "./fake-run.ts";
import { type FakeOptions, fakeServices, NOW } from "./fake-services.ts";
import { showApp, type TestScreen } from "./screen.tsx";

let open: TestScreen | undefined;
afterEach(() => open?.close());

function watch(options: FakeOptions, now = () => NOW): { screen: TestScreen; control: FakeRun } {
  const control = fakeRun(fakePlan("live"), { ...options, now, readOnly: true });
  open = showApp(fakeServices({ ...options, now }), { kind: "run", control });
  return { screen: open, control };
}

describe("somebody else's run", () => {
  it("says that it is watched and who runs it, and asks nothing", async () => {
    const { screen, control } = watch({});
    const frame = await screen.until("It waits for its operator: Tell the team.");
    expect(frame).toMatch(/LIVE +plotzed \/ database-lost +WATCHING/);
    expect(frame).toContain("WATCHING: root@jump1, pid 1, runs it");
    expect(frame).not.toMatch(/ctrl-c stop|answer/);
    await screen.press("g", "y", "ctrl-u");
    expect(control.answers).toEqual([]);
    expect(screen.written().some((part) => part.includes("\u0007"))).toBe(false);
  });

  it("shows a decision that waits, without offering it", async () => {
    const { screen } = watch({ decide: "artifact" });
    const frame = await screen.until("It waits for its operator: Backup is good FAILED, decide.");
    expect(frame).not.toContain("retry");
  });

  it("goes on when the watcher leaves", async () => {
    const { screen, control } = watch({});
    await screen.until("It waits");
    await screen.press("q");
    expect((await screen.left).exit).toBe(0);
    expect(control.interrupts).toBe(0);
  });

  it("is not stopped by ctrl-c", async () => {
    const { screen, control } = watch({});
    await screen.until("It waits");
    await screen.press("ctrl-c");
    await screen.left;
    expect(control.interrupts).toBe(0);
  });

  it("claims no silence of a command whose output it cannot see", async () => {
    let now = NOW;
    const { screen } = watch({ pause: () => new Promise(() => {}) }, () => now);
    await screen.until("running");
    now = new Date(NOW.getTime() + 60_000);
    expect(await screen.until("last entry 1 min ago")).not.toContain("no output for");
  });

  it("is read step by step, and its end is no failure of the watcher", async () => {
    const { screen } = watch({ fail: "artifact" });
    await screen.until("FAILED");
    await screen.until("exit 20");
    await screen.press("enter");
    expect((await screen.left).exit).toBe(0);
  });
});
