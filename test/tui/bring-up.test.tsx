import { afterEach, expect, test } from "vitest";
import type { Choice } from "../../src/tui/services.ts";
import { fakePlan } from "./fake-plan.ts";
import { fakeServices } from "./fake-services.ts";
import { showApp, type TestScreen } from "./screen.tsx";

let open: TestScreen | undefined;
afterEach(() => open?.close());

const FIRST: Choice = { system: "plotzed", runbook: "database-lost", mode: "drill", backup: "latest" };

/** A run that only brings servers up, at its end. */
async function atItsEnd(rest: (run: string) => Choice | undefined) {
  const asked: Choice[] = [];
  const services = fakeServices();
  const { plan } = services;
  services.rest = rest;
  services.plan = (choice) => {
    asked.push(choice);
    return plan(choice);
  };
  const whole = fakePlan("drill");
  const bringUp = {
    ...whole,
    // Without the steps at which somebody is asked.
    steps: whole.steps.slice(0, 4),
    bringsUp: { rest: "lifeboat run plotzed database-lost --live" },
  };
  open = showApp(services, { kind: "plan", plan: bringUp });
  await open.press("g");
  await open.until("Press enter to start");
  await open.press("enter");
  const screen = await open.until("DRILL PASSED");
  return { screen, run: bringUp.run, asked };
}

test("after the bring-up enter goes on to the plan of the whole, which names the run it continues", async () => {
  const { screen, run, asked } = await atItsEnd((id) => ({ ...FIRST, continues: id }));
  expect(screen).toContain("plan the rest");
  await open?.press("enter");
  await open?.until("DRILL");
  await open?.until("steps");
  expect(asked).toEqual([{ ...FIRST, continues: run }]);
});

test("of a bring-up that was planned elsewhere only the command is known: enter closes", async () => {
  const { screen } = await atItsEnd(() => undefined);
  expect(screen).not.toContain("plan the rest");
  await open?.press("enter");
  expect((await open?.left)?.exit).toBe(0);
});
