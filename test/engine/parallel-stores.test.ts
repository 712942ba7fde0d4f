import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { IMMORTAL, runLife } from "../../src/certify/life.ts";
import { SimulatedWorld } from "../../src/certify/world.ts";
import { simulatedPlan } from "../../src/cli/simulated-plan.ts";
import { openWorld } from "../../src/cli/world.ts";
import type { Plan } from "../../src/plan/plan-schema.ts";
import type { Step } from "../../src/step/step.ts";

/** What every command takes here; long against what the engine itself needs for a step. */
const DELAY_MS = 250;

const SYSTEM = `title: Seven stores
environment: test
stores:
  database: { kind: postgres, database: app }
  analytics: { kind: mongodb, url: "mongodb://localhost/app" }
  content: { kind: s3, endpoint: "http://localhost:9000", bucket: content }
  metrics: { kind: clickhouse, database: app }
  temperatures: { kind: influxdb, database: app }
  cache: { kind: redis, start: [redis-server, /etc/redis.conf] }
  uploads: { kind: volume, volume: uploads }
`;

/** The order of a full restore: the content's rows come first, everything else only waits for its server. */
const RUNBOOK = `title: Everything
scenario: all is lost
steps:
  - { id: up, kind: command, effect: reversible, run: [docker, compose, up, -d] }
  - { id: database, kind: restore, store: database, needs: [up] }
  - { id: migrations, kind: migrate, run: [migrate], effect: reversible, needs: [database] }
  - { id: content, kind: restore, store: content, needs: [migrations] }
  - { id: analytics, kind: restore, store: analytics, needs: [up] }
  - { id: metrics, kind: restore, store: metrics, needs: [up], optional: only history is lost }
  - { id: temperatures, kind: restore, store: temperatures, needs: [up] }
  - { id: cache, kind: restore, store: cache, needs: [up] }
  - { id: uploads, kind: restore, store: uploads, needs: [up] }
  - { id: app, kind: command, effect: reversible, run: [pm2, start], needs: [content, analytics, metrics, temperatures, cache, uploads] }
`;

let folder: string;
let plan: Plan;
beforeAll(async () => {
  folder = await mkdtemp("/tmp/lifeboat-parallel-");
  await mkdir(join(folder, "runbooks", "seven"), { recursive: true });
  await mkdir(join(folder, "output"));
  await writeFile(join(folder, "runbooks", "seven", "system.yaml"), SYSTEM);
  await writeFile(join(folder, "runbooks", "seven", "everything.yaml"), RUNBOOK);
  const env = { LIFEBOAT_RUNBOOKS: join(folder, "runbooks") };
  plan = await simulatedPlan({ ...openWorld(), env, cwd: folder }, "seven", "everything", undefined);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const delays = (step: Step): number =>
  DELAY_MS * (step.commands.length + step.checks.filter((check) => !("inspect" in check.source)).length);

/** The sum of delays on the longest way through the graph. */
function longestChain({ steps }: Plan): number {
  const ends = new Map<string, number>();
  for (const step of steps)
    ends.set(step.id, delays(step) + Math.max(0, ...step.needs.map((id) => ends.get(id) ?? 0)));
  return Math.max(...ends.values());
}

test("seven stores are restored side by side: hardly longer than the longest chain of the graph", async () => {
  expect(new Set(plan.targets.map((target) => target.kind)).size).toBe(7);
  const world = new SimulatedWorld(plan);
  const at = world.launch;
  const slow = Object.assign(world, {
    launch: async (...given: Parameters<typeof at>) => {
      await setTimeout(DELAY_MS);
      return at(...given);
    },
  });
  const started = performance.now();
  const { exit } = await runLife(plan, slow, IMMORTAL, folder);
  const took = performance.now() - started;
  expect(exit).toBe(0);
  const [chain, sum] = [longestChain(plan), plan.steps.reduce((total, step) => total + delays(step), 0)];
  // One after the other it would take much longer, or the test would show nothing.
  expect(sum).toBeGreaterThan(2 * chain);
  expect(took).toBeLessThan(1.2 * chain);
});
