import { afterEach, describe, expect, it } from "vitest";
import { choose, failing } from "./failing.tsx";
import type { TestScreen } from "./screen.tsx";

let open: TestScreen | undefined;
afterEach(() => open?.close());

const begin: typeof failing = (...given) => {
  const shown = failing(...given);
  open = shown.screen;
  return shown;
};

describe("a step that failed", () => {
  it("says what failed, why, what to do and what has been changed, before it asks", async () => {
    const { screen } = begin("artifact");
    const frame = await screen.until("❯ retry");
    expect(frame).toContain("step 2 of 7  Backup is good FAILED after 1.2 s");
    expect(frame).toMatch(/failed +npx: exit 1/);
    expect(frame).toMatch(/because +relation "plots_geo" already exists/);
    expect(frame).toMatch(/likely +this migration was applied by hand before/);
    expect(frame).toMatch(/what to do +look whether/);
    expect(frame).toMatch(/changed so far +plotzed is the restored copy/);
    expect(frame).toMatch(/undo everything +puts the old data back/);
  });

  it("is tried again by enter on the mark, which begins on retry", async () => {
    const { screen, control } = begin("artifact");
    await screen.until("❯ retry");
    await screen.press("enter");
    await screen.until("Say in #incident");
    expect(control.decisions).toEqual([{ choice: "retry" }]);
    expect(screen.frame()).toMatch(
      /failed +2 {2}Backup is good[^]*decided +2 {2}Backup is good: retry[^]*done +2 {2}/,
    );
  });

  it("is not decided about by a digit", async () => {
    const { screen, control } = begin("artifact");
    await screen.until("❯ retry");
    await screen.press(..."1234567");
    expect(screen.frame()).toContain("❯ retry");
    expect(control.decisions).toEqual([]);
  });

  it("waits while the operator looks around, and says so", async () => {
    const { screen, control } = begin("artifact");
    await screen.until("❯ retry");
    await screen.press("esc");
    const frame = await screen.until("THE RUN WAITS FOR YOU: Backup is good FAILED, decide. g answers.");
    expect(frame).toMatch(/❯ ✗ failed +2 {2}Backup is good +waits for a decision/);
    expect(control.decisions).toEqual([]);
    await screen.press("g");
    await screen.until("❯ retry");
  });

  it("shows the error, what was changed and every choice in full", async () => {
    const { screen } = begin("artifact");
    await screen.until("❯ retry");
    screen.resize(40, 12);
    await screen.until("i in full");
    await screen.press("i");
    await screen.until("lines 1 to");
    await screen.press("end");
    await screen.until("ends here; lifeboat resume goes on");
    await screen.press("esc");
    await screen.until("❯ retry");
  });

  it("asks at ctrl-c, and the question is still there afterwards", async () => {
    const { screen, control } = begin("artifact");
    await screen.until("❯ retry");
    await screen.press("ctrl-c");
    await screen.until("Stop safely?");
    await screen.press("esc");
    await screen.until("❯ retry");
    await screen.press("ctrl-c", "ctrl-c");
    await screen.until("INTERRUPTED");
    expect(control.decisions).toEqual([]);
  });

  it.each([
    ["fixed", "Say in #incident"],
    ["leave", "INTERRUPTED"],
  ] as const)("%s is done at once", async (choice, shown) => {
    const { screen, control } = begin("artifact");
    await screen.until("❯ retry");
    await screen.press(...choose(choice));
    await screen.until(shown);
    expect(control.decisions).toEqual([{ choice }]);
  });
});

describe("skipping", () => {
  it("wants a reason, which must not be empty, and shows it in the result", async () => {
    const { screen, control } = begin("migrate");
    await screen.until("Say in #incident");
    await screen.press("down", "enter", "enter");
    await screen.until("Type the name of the database");
    await screen.press(..."plotzed", "enter");
    await screen.until("❯ retry");
    await screen.press(...choose("skip"));
    await screen.until("Why is the step skipped?");
    await screen.press("enter", " ", "enter");
    await screen.until("Nothing was typed. Say why");
    expect(control.decisions).toEqual([]);
    await screen.press(..."done on 18 Nov", "enter");
    const result = await screen.until("exit 23");
    expect(control.decisions).toEqual([{ choice: "skip", because: "done on 18 Nov" }]);
    expect(result).toMatch(/deviation +Migrations: skipped, because: done on 18 Nov/);
    expect(result).toMatch(/decided +7 {2}Migrations: skip, because: done on 18 Nov/);
    expect(result).toMatch(/skipped +7 {2}Migrations/);
  });

  it("wants the name first where the runbook does not allow it", async () => {
    const { screen, control } = begin("artifact");
    await screen.until("❯ retry");
    await screen.press(...choose("skip"));
    await screen.until("To do this, type: plotzed");
    await screen.press("enter", ..."plot", "enter");
    await screen.until('"plot" is not "plotzed"');
    await screen.press("esc");
    await screen.until("❯ retry");
    await screen.press(...choose("skip"));
    await screen.until("To do this, type: plotzed");
    await screen.press(..."plotzed", "enter");
    await screen.until("Why is the step skipped?");
    await screen.press(..."known", "enter");
    await screen.until("Say in #incident");
    expect(control.decisions).toEqual([{ choice: "skip", because: "known" }]);
  });
});

describe("undoing", () => {
  it("wants the target's name typed in live mode", async () => {
    const { screen, control } = begin("artifact");
    await screen.until("❯ retry");
    await screen.press(...choose("undo"));
    await screen.until("To do this, type: plotzed");
    await screen.press("enter");
    await screen.until("Nothing was typed, nothing was confirmed.");
    expect(control.decisions).toEqual([]);
    await screen.press(..."plotzed", "enter");
    await screen.until("FAILED AND UNDONE");
    expect(control.decisions).toEqual([{ choice: "undo" }]);
  });

  it("needs no name where nothing real was touched", async () => {
    const { screen, control } = begin("artifact", {}, "drill");
    await screen.until("❯ retry");
    await screen.press(...choose("undo"));
    await screen.until("FAILED AND UNDONE");
    expect(control.decisions).toEqual([{ choice: "undo" }]);
  });
});

describe("another program", () => {
  it("edits the command: the change is shown before anything is run", async () => {
    const { screen, control, services } = begin("artifact", {
      edited: "npx prisma migrate resolve --applied 18_plots_geo\nnpx prisma migrate deploy",
    });
    await screen.until("❯ retry");
    await screen.press(...choose("edit"));
    const shown = await screen.until("reason, may be empty: _");
    expect(services.edits).toEqual(["npx prisma migrate deploy"]);
    expect(shown).toContain(" + npx prisma migrate resolve --applied 18_plots_geo");
    expect(shown).not.toContain("npx prisma migrate deploy");
    expect(control.decisions).toEqual([]);
    await screen.press(..."by hand", "enter");
    await screen.until("Say in #incident");
    expect(control.decisions).toEqual([
      {
        choice: "edit",
        edited: services.edits[0] && expect.stringMatching(/^npx prisma migrate resolve/),
        because: "by hand",
      },
    ]);
  });

  it("runs nothing after esc, and keeps what was edited", async () => {
    const { screen, control, services } = begin("artifact", { edited: "something else" });
    await screen.until("❯ retry");
    await screen.press(...choose("edit"));
    await screen.until("+ something else");
    await screen.press("esc");
    await screen.until("The edited command was not run.");
    await screen.press(...choose("edit"));
    await screen.until("+ something else");
    expect(services.edits).toEqual(["npx prisma migrate deploy", "something else"]);
    expect(control.decisions).toEqual([]);
  });

  it("runs nothing when nothing was changed", async () => {
    const { screen, control } = begin("artifact");
    await screen.until("❯ retry");
    await screen.press(...choose("edit"));
    await screen.until("Nothing was changed, nothing is run.");
    expect(control.decisions).toEqual([]);
  });

  it("opens a shell and comes back to the same question", async () => {
    const { screen, control, services } = begin("artifact");
    await screen.until("❯ retry");
    await screen.press(...choose("shell"));
    await screen.until("Back from the shell.");
    await screen.until("❯ retry");
    expect(services.shells).toBe(1);
    expect(control.decisions).toEqual([]);
  });

  it("that fails does not take the question with it", async () => {
    const { screen } = begin("artifact", { program: () => Promise.reject(new Error("no shell here")) });
    await screen.until("❯ retry");
    await screen.press(...choose("shell"));
    await screen.until("That did not work: no shell here");
    await screen.until("❯ retry");
  });
});
