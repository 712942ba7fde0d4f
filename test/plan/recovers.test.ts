import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { simulatedPlan } from "../../src/cli/simulated-plan.ts";
import { openWorld } from "../../src/cli/world.ts";
import { verdictOf } from "../../src/engine/outcome.ts";
import { objectiveRows } from "../../src/journal/objectives.ts";
import { foldRun } from "../../src/journal/run-state.ts";
import { planRows } from "../../src/plan/plan-rows.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import { recovers } from "../../src/plan/recovers.ts";
import type { Mode } from "../../src/step/mode.ts";
import { events, opened, over } from "../journal/events.ts";
import { fakePlan } from "../tui/fake-plan.ts";

const ofKind = (plan: Plan, kind: string): Plan => ({
  ...plan,
  steps: plan.steps.map((step) => ({ ...step, kind })),
});
const aside = (plan: Plan): Plan => ({
  ...plan,
  targets: plan.targets.map((target) => ({ ...target, aside: true })),
});
const plan = (mode: Mode): Plan => ({ ...fakePlan(mode), rtoMs: 60_000 });

/** The words of a run that came to a good end. */
function end(of: Plan): { word: string; rows: string[] } {
  const state = foldRun(events(opened, over(0, "x")));
  const outcomes = new Map(
    of.steps.map(({ id }) => [id, { result: "done" as const, refused: false, failure: undefined }]),
  );
  const { word } = verdictOf({ plan: of, state, outcomes, interrupted: false, undone: "not tried" });
  return { word, rows: objectiveRows(state, of).map(({ label, text }) => `${label} ${text}`) };
}

const time = (of: Plan): string | undefined =>
  planRows(of, new Date()).find(({ label }) => label === "time")?.text;

test("a live run that restores a store of production has recovered it, within its RTO or not", () => {
  const { word, rows } = end(plan("live"));
  expect(word).toBe("RECOVERED");
  expect(rows).toEqual([
    expect.stringMatching(/^RTO met: took/),
    expect.stringMatching(/^RPO met: lost .* of writes/),
  ]);
  expect(time(plan("live"))).toMatch(/, RTO 1 min/);
});

test.each([
  ["only controls services", ofKind(plan("live"), "services")],
  ["runs a command", ofKind(plan("live"), "command")],
  ["takes backups", ofKind(plan("live"), "backup")],
  ["restores under a name of its own", aside(plan("live"))],
])("a live run that %s is done, has no RTO to meet and has lost nothing", (_what, of) => {
  const { word, rows } = end(of);
  expect(word).toBe("DONE");
  expect(rows).toEqual([
    expect.stringMatching(/^time took/),
    expect.stringMatching(/^RPO met: would lose .* of writes/),
  ]);
  expect(time(of)).not.toContain("RTO");
});

const own = (of: Plan): Plan => ({ ...of, ownRto: true });

test("a runbook with an RTO of its own has it measured: a failover is a recovery, a game day is done", () => {
  const measured = [expect.stringMatching(/^RTO (NOT )?met/), expect.stringMatching(/^RPO/)];
  expect(end(own(ofKind(plan("live"), "services")))).toMatchObject({ word: "RECOVERED", rows: measured });
  expect(end(own(aside(plan("live"))))).toMatchObject({ word: "DONE", rows: measured });
});

test("a drill measures what it restored, as its recovery would", () => {
  expect(end(plan("drill"))).toMatchObject({
    word: "DRILL PASSED",
    rows: [expect.stringMatching(/^RTO/), expect.stringMatching(/^RPO met: would lose/)],
  });
});

test("what only reads is no recovery, whatever it belongs to", () => {
  const { steps, ...rest } = plan("live");
  expect(recovers({ ...rest, steps: steps.map((step) => ({ ...step, effect: "reads" as const })) })).toBe(
    false,
  );
});

const SYSTEM = `title: App
stores:
  database: { kind: postgres, url: postgres://app@localhost/app, backups: [{ path: "app_{timestamp}.dump" }] }
`;
const restore = (id: string, more = ""): string =>
  `  - { id: ${id}, kind: restore, store: database${more} }\n`;

test.each<[what: string, steps: string, expected: boolean]>([
  ["only a test restore", restore("try", ", into: app_test"), false],
  ["one before the real one", restore("try", ", into: app_test") + restore("real"), true],
  ["one after the real one", restore("real") + restore("try", ", into: app_test"), true],
  ["one under its own name", restore("real", ", into: app"), true],
])("a store is restored by a runbook with %s: %s", async (_what, steps, expected) => {
  const home = await mkdtemp("/tmp/lifeboat-recovers-");
  onTestFinished(() => rm(home, { recursive: true }));
  await mkdir(join(home, "app"));
  await writeFile(join(home, "app/system.yaml"), SYSTEM);
  await writeFile(join(home, "app/lost.yaml"), `title: Lost\nscenario: x\nsteps:\n${steps}`);
  const env = { HOME: home, LIFEBOAT_HOME: home, LIFEBOAT_RUNBOOKS: home };
  const world = { ...openWorld(), env, home, cwd: home, shipped: home };
  expect(recovers(await simulatedPlan(world, "app", "lost", undefined, "live"))).toBe(expected);
});
