import { afterEach, describe, expect, it } from "vitest";
import { usageError } from "../../src/base/errors.ts";
import { fakePlan } from "./fake-plan.ts";
import { type FakeOptions, type FakeServices, fakeServices } from "./fake-services.ts";
import { showApp, type TestScreen } from "./screen.tsx";

let open: TestScreen | undefined;
afterEach(() => open?.close());

function home(options: FakeOptions = {}): { screen: TestScreen; services: FakeServices } {
  const services = fakeServices(options);
  open = showApp(services, { kind: "home" });
  return { screen: open, services };
}

function plan(mode: "live" | "drill" | "dry-run", options: FakeOptions = {}) {
  const services = fakeServices(options);
  open = showApp(services, { kind: "plan", plan: fakePlan(mode) });
  return { screen: open, services };
}

async function toLiveGate(screen: TestScreen): Promise<void> {
  await screen.until("Which system?");
  await screen.press("enter");
  await screen.until("which runbook?");
  await screen.press("enter");
  await screen.until("which mode?");
  await screen.press("down", "down", "enter");
  await screen.until("which backup?");
  await screen.press("enter");
  await screen.until("Is the database really gone?");
  await screen.press("g");
  await screen.until("type the name of what is changed: plotzed");
}

describe("the way from home to a live result", () => {
  it("goes through every question and ends with the exit code of the run", async () => {
    const { screen, services } = home();
    await toLiveGate(screen);
    await screen.press(..."plotzed", "enter");
    await screen.until("Say in #incident");
    await screen.press("down", "enter");
    await screen.until("note, may be empty");
    await screen.press("enter");
    await screen.until("Type the name of the database to go on: plotzed");
    await screen.press(..."plotzed", "enter");
    const result = await screen.until("RECOVERED");
    expect(result).toContain("met: took");
    expect(result).toContain("2 not checked");
    await screen.press("enter");
    const { exit, lines } = await screen.left;
    expect(exit).toBe(0);
    expect(lines.join("\n")).toMatch(/RECOVERED[^]*report\.md[^]*exit +0/);
    expect(services.runs[0]?.answers).toEqual([{ answer: "confirmed" }, { answer: "confirmed" }]);
  });

  it("does not start a live run by enter alone, nor by a wrong name", async () => {
    const { screen, services } = plan("live");
    await screen.press("g");
    await screen.until("type the name");
    await screen.press("enter");
    await screen.until("Nothing was typed, nothing was confirmed.");
    await screen.press(..."plot", "enter");
    await screen.until('"plot" is not "plotzed". Nothing was confirmed.');
    await screen.press(..."plotzed", "backspace", "enter");
    await screen.until('"plotze" is not "plotzed"');
    expect(services.runs).toHaveLength(0);
  });

  it("does not take a pasted newline for enter", async () => {
    const { screen, services } = plan("live");
    await screen.press("g");
    await screen.until("type the name");
    screen.send("\u001B[200~plotzed\r\u001B[201~");
    await screen.until("name: plotzed_");
    expect(services.runs).toHaveLength(0);
  });

  it("takes keys that arrive in one piece one after the other", async () => {
    const { screen } = home();
    await screen.until("Which system?");
    screen.send("j\r");
    await screen.until("vizora: which runbook?");
  });

  it("takes a name and enter typed ahead on a slow line for what they are", async () => {
    const { screen, services } = plan("live");
    await screen.press("g");
    await screen.until("type the name");
    screen.send("plotzee\u007Fd\r");
    await screen.until("Say in #incident");
    expect(services.runs).toHaveLength(1);
  });

  it("asks only for enter before a drill and a dry run, and shows which it is", async () => {
    const { screen, services } = plan("drill");
    expect(await screen.until("plan 7f3a9c")).toContain(" DRILL ");
    await screen.press("g");
    await screen.until("Press enter to start");
    await screen.press("enter");
    await screen.until("Say in #incident");
    expect(services.runs).toHaveLength(1);
  });
});

describe("choosing", () => {
  it("marks the mode that touches nothing, and a digit chooses nothing", async () => {
    const services = fakeServices();
    open = showApp(services, { kind: "mode", system: "plotzed", runbook: "database-lost" });
    expect(await open.until("which mode?")).toMatch(/❯ DRY RUN/);
    await open.press("3", "2", "1");
    expect(open.frame()).toContain("which mode?");
    await open.press("enter");
    expect(await open.until("which backup?")).toContain(" DRY RUN ");
  });

  it("several stores: the newest backup of each, another one for one of them, and none is said", async () => {
    const services = fakeServices({ stores: ["database", "queue", "-files"] });
    const plans: string[] = [];
    const making = services.plan;
    services.plan = (choice) => {
      plans.push(choice.backup);
      return making(choice);
    };
    open = showApp(services, { kind: "backup", system: "plotzed", runbook: "all", mode: "live" });
    const first = await open.until("from these backups?");
    expect(first).toMatch(/❯ database +9 h .*\n +queue +9 h .*\n +files +no backup/);
    await open.press("down", "enter");
    await open.until("queue: which backup?");
    await open.press("esc");
    await open.until("from these backups?");
    await open.press("enter", "down", "down", "enter");
    expect(await open.until("one of 40")).toMatch(/queue +2 d /);
    await open.press("g");
    await open.until("Is the database really gone?");
    expect(plans).toEqual([expect.stringMatching(/^database=plotzed-\S+,queue=plotzed-\S+$/)]);
    const [database, queue] = plans[0]?.split(",").map((one) => one.split("=")[1]) ?? [];
    expect(database).not.toBe(queue);
    // Who comes back from the plan and goes on again means the same backups.
    await open.press("esc");
    expect(await open.until("from these backups?")).toMatch(/queue +2 d /);
    await open.press("g");
    await open.until("Is the database really gone?");
    expect(plans[1]).toBe(plans[0]);
  });

  it("filters by what is typed after a slash, in which q is a letter", async () => {
    const { screen } = home();
    await screen.until("Which system?");
    await screen.press("/", ..."q");
    expect(await screen.until("filter: q_")).not.toContain("plotzed");
    await screen.press("backspace", ..."viz");
    expect(await screen.until("filter: viz_")).not.toContain("plotzed");
    await screen.press("enter", "enter");
    await screen.until("vizora: which runbook?");
  });

  it("does not choose a system that cannot be read, and says why", async () => {
    const { screen } = home();
    await screen.until("Which system?");
    await screen.press("end");
    await screen.until(/did you mean\s+"postgres"\?/);
    await screen.press("enter");
    expect(screen.frame()).toContain("Which system?");
  });

  it("goes back by escape, one screen at a time", async () => {
    const { screen } = home();
    await screen.until("Which system?");
    await screen.press("enter");
    await screen.until("which runbook?");
    await screen.press("enter");
    await screen.until("which mode?");
    await screen.press("esc");
    await screen.until("which runbook?");
    await screen.press("esc");
    await screen.until("Which system?");
  });

  it("leaves by q with 0 and by ctrl-c with 130", async () => {
    const first = home().screen;
    await first.until("Which system?");
    await first.press("q");
    expect((await first.left).exit).toBe(0);
    const second = home().screen;
    await second.until("Which system?");
    await second.press("ctrl-c");
    expect((await second.left).exit).toBe(130);
  });

  it("says what is unfinished", async () => {
    const { screen } = home({ unfinished: 1 });
    await screen.until("UNFINISHED: LIVE plotzed / database-lost, stopped 4 min ago in step 6 of 11");
  });

  it("shows why a plan cannot be made, and gives its exit code", async () => {
    const services = fakeServices({ planFails: usageError("no such backup", "lifeboat backups plotzed") });
    open = showApp(services, {
      kind: "planning",
      choice: { system: "plotzed", runbook: "database-lost", mode: "drill", backup: "x" },
    });
    const frame = await open.until("no such backup");
    expect(frame).toMatch(/changed +nothing/);
    expect(frame).toMatch(/next +lifeboat backups plotzed/);
    await open.press("q");
    expect((await open.left).exit).toBe(2);
  });
});

describe("the plan", () => {
  it("shows a step whole: every command in full, probe and undo", async () => {
    const { screen } = plan("live");
    await screen.until("Restore beside");
    await screen.press("down", "down", "enter");
    const frame = await screen.until("step 3 of 7: Restore beside");
    expect(frame).toContain("CREATE DATABASE plotzed__restore_1120 TEMPLATE template0 ENCODING 'UTF8';");
    await screen.press("end");
    expect(await screen.until("undo commands")).toContain("DROP DATABASE plotzed__restore_1120;");
    await screen.press("esc");
    await screen.until("plan 7f3a9c");
  });

  it("explains its keys, and any key closes the explanation without doing anything", async () => {
    const { screen } = plan("live");
    await screen.until("plan 7f3a9c");
    await screen.press("?");
    await screen.until("go on to the gate; nothing is run yet");
    await screen.press("g");
    await screen.until("plan 7f3a9c");
  });
});
