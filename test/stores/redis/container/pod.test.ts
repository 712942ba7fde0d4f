import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LifeboatError } from "../../../../src/base/errors.ts";
import { connectionOf, loadForPlan, type LoadedSystem, placeOf } from "../../../../src/runbook/load.ts";
import { asRestore } from "../../../../src/stores/expansion.ts";
import { farPlaceOf } from "../../../../src/stores/host/far-place.ts";
import { kindFor } from "../../../../src/stores/registry.ts";
import type { StoreContext } from "../../../../src/stores/store-kind.ts";

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

test("a server in a pod is not shut down as one of a machine: nothing would start it on the restored file", () => {
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
    facts: undefined,
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
  expect(() => kindFor(input).expand(step, context)).toThrow(LifeboatError);
  expect(() => kindFor(input).expand(step, context)).toThrow(/in a pod cannot be restored/);
});
