import { afterEach, describe, expect, it } from "vitest";
import { fakePlan } from "./fake-plan.ts";
import { fakeRun, type FakeRun } from "./fake-run.ts";
import { type FakeOptions, fakeServices, NOW } from "./fake-services.ts";
import { showApp, type TestScreen } from "./screen.tsx";

let open: TestScreen | undefined;
afterEach(() => open?.close());

const never = (): Promise<void> => new Promise(() => {});
/** A run that stands still at one line of output, until it is stopped. */
const hangsAt = (place: string) => (what: string) => (what === place ? never() : Promise.resolve());

function run(options: FakeOptions, now = () => NOW): { screen: TestScreen; run: FakeRun } {
  const control = fakeRun(fakePlan("live"), { ...options, now });
  open = showApp(fakeServices({ ...options, now }), { kind: "run", control });
  return { screen: open, run: control };
}

describe("while a run goes on", () => {
  it("says which step runs, how far it is, and what is next", async () => {
    const { screen } = run({ pause: hangsAt("beside 3") });
    const frame = await screen.until("output of 3, 3 lines");
    expect(frame).toMatch(/❯ ▶ running +3 {2}Restore beside +50 % {2}41 MB\/s {2}0:00 of ~3:00/);
    expect(frame).toMatch(/○ next +4 {2}Verify/);
    expect(frame).toMatch(/done +1 {2}Is the database really gone\? +1\.2 s/);
  });

  it("shows control characters of the output instead of obeying them", async () => {
    const { screen } = run({ pause: hangsAt("beside 3") });
    const frame = await screen.until("beside: line 3^G データ");
    expect(frame).not.toContain("\u0007");
    expect(frame).not.toContain("\u001B[31mline");
  });

  it("follows the end of long output, until it is scrolled", async () => {
    const { screen } = run({ lines: 60, pause: hangsAt("beside 50") });
    await screen.until("output of 3, 50 lines");
    await screen.press("o");
    await screen.until("beside: line 50^G");
    await screen.press("up");
    await screen.until(/lines 32 to 49 of 50/);
    await screen.press("end");
    await screen.until("beside: line 50^G");
  });

  it("shows silence as silence, against its limit", async () => {
    let now = NOW;
    const { screen } = run({ pause: hangsAt("beside 3") }, () => now);
    await screen.until("output of 3, 3 lines");
    now = new Date(NOW.getTime() + 40_000);
    const frame = await screen.until("no output for 40 s, limit 5 min");
    expect(frame).toContain("elapsed 0:40 of RTO 30:00");
  });

  it("says by how much the RTO is missed", async () => {
    let now = NOW;
    const { screen } = run({ pause: hangsAt("beside 3") }, () => now);
    await screen.until("output of 3, 3 lines");
    now = new Date(NOW.getTime() + 40 * 60_000);
    await screen.until("OVER RTO by 10 min");
  });

  it("asks at ctrl-c and goes on when the answer is no", async () => {
    const { screen, run: control } = run({ pause: hangsAt("beside 3") });
    await screen.until("output of 3, 3 lines");
    await screen.press("ctrl-c");
    const asked = await screen.until("Stop safely?");
    expect(asked).toContain("can be resumed");
    expect(asked).toContain("Running now: Restore beside.");
    await screen.press("esc");
    await screen.until("output of 3, 3 lines");
    expect(control.interrupts).toBe(0);
  });

  it("stops safely at the second ctrl-c and leaves with 130", async () => {
    const { screen, run: control } = run({ pause: hangsAt("beside 3") });
    await screen.until("output of 3, 3 lines");
    await screen.press("ctrl-c", "ctrl-c");
    await screen.until("INTERRUPTED");
    expect(control.interrupts).toBe(1);
    expect(screen.frame()).toMatch(/cancelled +3 {2}Restore beside/);
    await screen.press("enter");
    expect((await screen.left).exit).toBe(130);
  });

  it("asks at ctrl-c also inside a gate, a reader and a note", async () => {
    const { screen } = run({});
    await screen.until("Say in #incident");
    await screen.press("ctrl-c");
    await screen.until("Stop safely?");
    await screen.press("esc");
    await screen.until("Say in #incident");
    await screen.press("down", "enter", "ctrl-c");
    await screen.until("Stop safely?");
    await screen.press("esc", "esc", "o");
    await screen.until("output of step 5");
    await screen.press("ctrl-c");
    await screen.until("Stop safely?");
  });

  it("never answers a manual step by enter alone", async () => {
    const { screen, run: control } = run({});
    await screen.until("Say in #incident");
    await screen.press("enter");
    await screen.until("THE RUN WAITS FOR YOU: Tell the team");
    expect(control.answers).toEqual([]);
    await screen.press("g");
    await screen.until("not yet: look at the run");
  });

  it("wants a reason when a manual step failed, and hands it on", async () => {
    const { screen, run: control } = run({});
    await screen.until("Say in #incident");
    await screen.press("down", "down", "enter");
    await screen.until("what happened:");
    await screen.press("enter");
    await screen.until("Say what happened: it goes into the report.");
    await screen.press(..."chat is down", "enter");
    await screen.until("REFUSED AT A GATE");
    expect(control.answers).toEqual([{ answer: "refused", note: "chat is down" }]);
    expect(screen.frame()).toMatch(/failed +5 {2}Tell the team: chat is down/);
  });

  it("does not open a typed gate by a wrong name or by enter", async () => {
    const { screen, run: control } = run({});
    await screen.until("Say in #incident");
    await screen.press("down", "enter", "enter");
    await screen.until("Type the name of the database to go on: plotzed");
    await screen.press("enter");
    await screen.until("Nothing was typed, nothing was confirmed.");
    await screen.press(..."yes", "enter");
    await screen.until('"yes" is not "plotzed"');
    expect(control.answers).toHaveLength(1);
  });

  it("shows a failure with its reason, in the result and in the scrollback", async () => {
    const { screen } = run({ fail: "beside" });
    const frame = await screen.until("FAILED");
    expect(frame).toMatch(/error +Restore beside: Restore beside: exit 3/);
    expect(frame).toMatch(/why +relation exists/);
    expect(frame).toMatch(/failed +3 {2}Restore beside +1\.2 s +Restore beside: exit 3/);
    await screen.press("q");
    const left = await screen.left;
    expect(left.exit).toBe(20);
    // A reason of several lines is several lines in the scrollback too.
    expect(left.lines.filter((line) => line.includes("\n"))).toEqual([]);
    expect(left.lines).toContainEqual(expect.stringMatching(/^ +likely: look$/));
  });

  it("logs every finished step once, also one that was finished before anybody watched", async () => {
    const { screen } = run({ fail: "verify", lines: 1 });
    const frame = await screen.until("exit 20");
    for (const title of ["Is the database really gone?", "Backup is good", "Verify against the manifest"])
      expect(
        frame.split("\n").filter((line) => line.startsWith("  ") && line.includes(`  ${title}  1.2 s`)),
      ).toHaveLength(1);
  });
});

describe("practice", () => {
  it("says what will happen, prepares, breaks what is chosen, and goes into the real flow", async () => {
    const services = fakeServices({ practice: true });
    open = showApp(services, { kind: "practice" });
    const first = await open.until("Nothing of yours is touched.");
    expect(first).toContain("throwaway PostgreSQL");
    await open.press("enter");
    await open.until("How shall it be broken?");
    await open.press("down");
    await open.until("DELETE without WHERE.");
    await open.press("enter");
    await open.until("It is broken. This was done:");
    expect(services.damaged).toEqual(["delete-rows"]);
    await open.press("enter");
    await open.until("practice / database-lost: which mode?");
  });

  it("breaks what was marked by keys that arrived in one piece, not the line before it", async () => {
    const services = fakeServices({ practice: true });
    open = showApp(services, { kind: "practice" });
    await open.until("throwaway PostgreSQL");
    await open.press("enter");
    await open.until("How shall it be broken?");
    open.send("\u001B[B\u001B[B\r");
    await open.until("It is broken. This was done:");
    expect(services.damaged).toEqual(["drop-database"]);
  });

  it("shows progress while it prepares", async () => {
    open = showApp(fakeServices({ practice: true, pause: never }), { kind: "practice" });
    await open.until("Press enter");
    await open.press("enter");
    const frame = await open.until("filling the shop");
    expect(frame).toContain("Next: choose a damage.");
  });

  it("goes on from a dry run to another mode without starting over", async () => {
    const services = fakeServices({ practice: true });
    const control = fakeRun(fakePlan("dry-run"), { now: services.now });
    open = showApp(services, { kind: "run", control });
    await open.until("Say in #incident");
    await open.press("down", "enter", "enter");
    await open.until("DRY RUN DONE");
    await open.press("m");
    expect(await open.until("which mode?")).toContain("DRY RUN  plotzed / database-lost  DRY RUN DONE");
  });
});
