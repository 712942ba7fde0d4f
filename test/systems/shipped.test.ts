import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { simulatedPlan } from "../../src/cli/simulated-plan.ts";
import { openWorld, type World } from "../../src/cli/world.ts";
import { planMarkdown } from "../../src/output/plan-markdown.ts";
import { recovers } from "../../src/plan/recovers.ts";
import { MODES } from "../../src/step/mode.ts";
import { SHIPPED, shippedRunbooks } from "./shipped.ts";

const RUNBOOKS = readdirSync(SHIPPED).flatMap((system) =>
  shippedRunbooks(system).map((runbook): [string, string] => [system, runbook]),
);

let world: World;
beforeAll(async () => {
  const home = await mkdtemp("/tmp/lifeboat-shipped-");
  const env = { HOME: home, LIFEBOAT_HOME: home, LIFEBOAT_RUNBOOKS: SHIPPED };
  world = { ...openWorld(), env, home, cwd: home, shipped: SHIPPED };
});
afterAll(() => rm(world.home, { recursive: true }));

test("there are the five systems, and the one to practise with", () => {
  expect([...new Set(RUNBOOKS.map(([system]) => system))]).toEqual([
    "container-app",
    "grill-stats",
    "plotzed",
    "practice",
    "vendhub",
    "vizora",
  ]);
});

test.each(RUNBOOKS)("%s %s is planned in every mode, with nothing of it there", async (system, runbook) => {
  for (const mode of MODES) {
    const plan = await simulatedPlan(world, system, runbook, undefined, mode);
    expect(plan.steps.length).toBeGreaterThan(0);
    const changing = plan.steps.filter(({ effect, does }) => effect !== "reads" && does === "run");
    if (mode === "dry-run") expect(changing).toEqual([]);
    // A procedure on paper: every step says what it does, by a command, a question or an instruction.
    const text = planMarkdown(plan, world.clock.now()).join("\n");
    for (const step of plan.steps) {
      expect(text).toContain(step.title.split(":")[0]);
      const says = step.commands.length + step.checks.length + (step.gate?.says.length ?? 0);
      expect([step.id, says > 0]).toEqual([step.id, true]);
    }
  }
});

test("those that bring nothing of production back are told apart: they end as DONE, with no RTO", async () => {
  const without: string[] = [];
  for (const [system, runbook] of RUNBOOKS)
    if (!recovers(await simulatedPlan(world, system, runbook, undefined, "live")))
      without.push(`${system} ${runbook}`);
  expect(without.toSorted()).toEqual([
    "container-app backup",
    "container-app integrity-check",
    "grill-stats backup",
    "grill-stats backup-jobs",
    "grill-stats game-day",
    "plotzed backup",
    "plotzed test-restore",
    "vendhub backup",
    "vendhub monthly-test",
    "vizora backup",
    "vizora cache-lost",
    "vizora content-backup-offline",
    "vizora metrics-backup-offline",
    "vizora metrics-restart",
    "vizora verify-backups",
  ]);
});
