import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LifeboatError } from "../../../../src/base/errors.ts";
import { connectionOf, loadForPlan, type LoadedSystem, placeOf } from "../../../../src/runbook/load.ts";
import { asRestore } from "../../../../src/stores/expansion.ts";
import { farPlaceOf } from "../../../../src/stores/host/far-place.ts";
import type { RedisFacts } from "../../../../src/stores/redis/facts.ts";
import { simulatedFacts } from "../../../../src/stores/redis/simulated-facts.ts";
import { kindFor } from "../../../../src/stores/registry.ts";
import type { Expansion, StoreContext } from "../../../../src/stores/store-kind.ts";

const SYSTEM = `title: Grill
environment: test
hosts:
  pod: { kind: kubernetes, context: prod, namespace: grill, pod: redis-0 }
stores:
  cache: { kind: redis, host: pod }
`;
const RUNBOOK = "title: Lost\nscenario: test\nsteps:\n  - { id: restore, kind: restore, store: cache }\n";

let folder = "";
let system: LoadedSystem;
beforeAll(async () => {
  folder = await mkdtemp("/tmp/lifeboat-pod-");
  await writeFile(join(folder, "system.yaml"), SYSTEM);
  await writeFile(join(folder, "lost.yaml"), RUNBOOK);
  system = (await loadForPlan(folder, "lost", {})).system;
});
afterAll(() => rm(folder, { recursive: true }));

/** A live restore into the pod's server, which says this about itself. */
function restored(facts: Partial<RedisFacts>): Expansion {
  const store = system.system.stores["cache"];
  if (store === undefined) throw new Error("no store");
  const connection = connectionOf(system, "cache");
  const input = { store, place: farPlaceOf(placeOf(system, "pod")) };
  const context: StoreContext = {
    ...input,
    system: "grill",
    environment: "test",
    id: "cache",
    connection,
    backup: undefined,
    subject: connection.subject,
    facts: { ...simulatedFacts(), ...facts },
    unreachable: undefined,
    clients: {},
    localData: undefined,
    mode: "live",
    strategy: "swap",
    run: { id: "r", tag: "t", dir: "/r", nonce: "n" },
    jobs: 1,
    skipSafetyCopy: false,
  };
  const step = asRestore({ id: "restore", kind: "verify", store: "cache", "on-failure": "ask" });
  return kindFor(input).expand(step, context);
}

test.each([
  [
    "of an old version, which would have to be stopped,",
    { version: "6.2.5" },
    /of version 6.2.5 cannot be restored/,
  ],
  ["that is down", { running: false }, /does not answer cannot be restored/],
])("one %s is refused, with what can be done by hand", (_name, facts, says) => {
  expect(() => restored(facts)).toThrow(LifeboatError);
  expect(() => restored(facts)).toThrow(says);
});
