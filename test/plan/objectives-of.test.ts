import { expect, test } from "vitest";
import { objectivesOf } from "../../src/plan/objectives-of.ts";
import { runbookSchema } from "../../src/runbook/runbook-schema.ts";
import { systemSchema } from "../../src/runbook/system-schema.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const store = (objectives?: object) => ({
  kind: "postgres",
  database: "shop",
  ...(objectives === undefined ? {} : { objectives }),
});
const system = systemSchema.parse({
  title: "Shop",
  objectives: { rto: "4h", rpo: "24h" },
  stores: { orders: store({ rto: "5m" }), users: store() },
});
const restoring = (stores: string[], objectives?: object) =>
  runbookSchema.parse({
    title: "Lost",
    scenario: "gone",
    ...(objectives === undefined ? {} : { objectives }),
    steps: stores.map((one) => ({ id: one, kind: "restore", store: one })),
  });

test("one store with an RTO of its own is measured against that, and else against the system's", () => {
  expect(objectivesOf(restoring(["orders"]), system)).toEqual({ rtoMs: 5 * MINUTE, rpoMs: 24 * HOUR });
  expect(objectivesOf(restoring(["users"]), system)).toEqual({ rtoMs: 4 * HOUR, rpoMs: 24 * HOUR });
});

test("several stores are measured against the system's, whatever each of them has", () => {
  expect(objectivesOf(restoring(["orders", "users"]), system)).toMatchObject({ rtoMs: 4 * HOUR });
});

test("what the runbook says goes before all others", () => {
  expect(objectivesOf(restoring(["orders"], { rto: "7m" }), system)).toMatchObject({ rtoMs: 7 * MINUTE });
});

test("without a system that can be read only the runbook's own hold", () => {
  expect(objectivesOf(restoring(["orders"]), undefined)).toEqual({});
});
