import { afterEach, describe, expect, it } from "vitest";
import { usageError } from "../../src/base/errors.ts";
import type { Screen } from "../../src/tui/stack.ts";
import { fakePlan } from "./fake-plan.ts";
import { type FakeOptions, type FakeServices, fakeServices } from "./fake-services.ts";
import { showApp, type TestScreen } from "./screen.tsx";

let open: TestScreen | undefined;
afterEach(() => open?.close());

const RUN = "20261120T1040-plotzed-database-lost-a1b2";

function begin(options: FakeOptions, start: Screen = { kind: "probing", run: RUN }) {
  const services: FakeServices = fakeServices(options);
  open = showApp(services, start);
  return { screen: open, services };
}

const drill = { ...fakePlan("drill"), run: RUN };

describe("from home", () => {
  it("u goes to the one unfinished run", async () => {
    const { screen } = begin({ unfinished: 1 }, { kind: "home" });
    expect(await screen.until("UNFINISHED")).toContain("u unfinished");
    await screen.press("u");
    const frame = await screen.until("resume plotzed / database-lost");
    expect(frame).toMatch(/it stands +stopped 4 min ago in step 3 of 7/);
    await screen.press("esc");
    await screen.until("Which system?");
  });

  it("u asks which, where several are unfinished", async () => {
    const { screen, services } = begin({ unfinished: 3 }, { kind: "home" });
    await screen.until("and 2 more");
    await screen.press("u");
    expect(await screen.until("Which run is gone on with?")).toMatch(/❯ LIVE +plotzed/);
    await screen.press("down");
    await screen.until("20261120T1039-plotzed-database-lost-a1b3");
    await screen.press("enter");
    await screen.until("PARTLY");
    await screen.press("esc");
    await screen.until("Which run is gone on with?");
    expect(services.resumed).toEqual([]);
  });

  it("x gives a run up with a reason, and it is no longer offered", async () => {
    const { screen, services } = begin({ unfinished: 1 }, { kind: "home" });
    await screen.until("UNFINISHED");
    await screen.press("u");
    await screen.until("x abandon");
    await screen.press("x");
    expect(await screen.until("Why is nobody going on with it?")).toContain("Nothing is undone");
    await screen.press("enter");
    await screen.until("Nothing was typed");
    await screen.press(..."restored elsewhere", "enter");
    expect(await screen.until("Which system?")).not.toContain("UNFINISHED");
    expect(services.abandoned).toEqual([expect.stringMatching(/: restored elsewhere$/)]);
  });

  it("u is no key where nothing is unfinished", async () => {
    const { screen } = begin({}, { kind: "home" });
    expect(await screen.until("Which system?")).not.toContain("u unfinished");
    await screen.press("u");
    expect(screen.frame()).toContain("Which system?");
  });
});

describe("an interrupted run", () => {
  it("is shown with probe, proposal, what still works and what has changed, before anything is asked", async () => {
    const { screen } = begin({
      offer: { leftovers: ["pg_restore, pid 4711"], differences: ["system.yaml: port 5432 is now 5433"] },
    });
    const frame = await screen.until("its probe");
    expect(frame).toMatch(/interrupted +Restore beside/);
    expect(frame).toMatch(/its probe +PARTLY/);
    expect(frame).toMatch(/proposal +removes the half copy, restores again/);
    expect(frame).toMatch(/still works +pg_restore, pid 4711\n.*ended when you go on/);
    expect(frame).toMatch(/changed +system.yaml: port 5432 is now 5433\n.*has to be accepted first/);
  });

  it("goes on after the target's name is typed, not by enter", async () => {
    const { screen, services } = begin({});
    await screen.until("its probe");
    await screen.press("enter", "enter");
    await screen.until("Nothing was typed, nothing was confirmed.");
    await screen.press(..."accept", "enter");
    await screen.until('"accept" is not "plotzed"');
    expect(services.resumed).toEqual([]);
    await screen.press(..."plotzed", "enter");
    await screen.until("Say in #incident");
    expect(services.resumed).toEqual([RUN]);
  });

  it("does not go on before the differences are accepted by a word, and then asks for the name", async () => {
    const { screen, services } = begin({ offer: { differences: ["the backup has another digest"] } });
    await screen.until("its probe");
    await screen.press("enter");
    expect(await screen.until("type: accept")).toContain("the backup has another digest");
    await screen.press("enter", ..."plotzed", "enter");
    await screen.until('"plotzed" is not "accept"');
    await screen.press("esc");
    await screen.until("its probe");
    await screen.press("enter");
    await screen.until("type: accept");
    await screen.press(..."accept", "enter");
    await screen.until("type the name of what is changed: plotzed");
    expect(services.resumed).toEqual([]);
    await screen.press(..."plotzed", "enter");
    await screen.until("Say in #incident");
  });

  it("of a drill goes on by enter", async () => {
    const { screen } = begin({
      offer: {
        plan: drill,
        start: () => begin({}).services.start(drill),
      },
    });
    await screen.until("its probe");
    await screen.press("enter");
    await screen.until("Say in #incident");
  });

  it("says when many differences do not fit, instead of leaving them away", async () => {
    const { screen } = begin({
      offer: { differences: Array.from({ length: 30 }, (_, at) => `file ${at} is different`) },
    });
    await screen.until("its probe");
    await screen.press("enter");
    expect(await screen.until("type: accept")).toMatch(/and \d+ more lines: esc goes back/);
  });

  it("that cannot be taken up says why", async () => {
    const { screen } = begin({
      offer: { plan: drill, start: () => Promise.reject(usageError("it is running already", "watch it")) },
    });
    await screen.until("its probe");
    await screen.press("enter");
    expect(await screen.until("it is running already")).toContain("while resuming the run");
  });
});
