import { mkdtemp } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openOperator, type Operator } from "../helpers/operator.ts";

const SYSTEM = `title: App
stores:
  database:
    kind: postgres
    database: app
    keep: { daily: 7d, weekly: 4w }
    backups: [{ path: "\${APP_BACKUPS}/{tier}/app_{timestamp}.sql" }]
`;
const DAY = 86_400_000;

let operator: Operator;
beforeAll(async () => {
  operator = await openOperator({
    folder: await mkdtemp("/tmp/lifeboat-listed-"),
    system: "app",
    files: { system: SYSTEM },
    backups: "APP_BACKUPS",
    env: {},
    end: async () => undefined,
  });
  for (const [tier, days] of [
    ["daily", 1],
    ["daily", 20],
    ["weekly", 20],
    ["weekly", 40],
  ] as const) {
    const day = new Date(Date.now() - days * DAY).toISOString().slice(0, 10).replaceAll("-", "");
    await operator.write(`backups/${tier}/app_${day}.sql`, "-- PostgreSQL database dump\n");
  }
});
afterAll(() => operator?.stop());

test("what the retention lets go is marked, with the rule; nothing is removed", async () => {
  const { code, stdout } = await operator.lifeboat(["backups", "app"]);
  expect(code).toBe(0);
  expect(stdout.match(/may go: .*/g)).toEqual([
    "may go: beyond daily: 7 days",
    "may go: beyond weekly: 4 weeks",
  ]);
  const listed = JSON.parse((await operator.lifeboat(["backups", "app", "--json"])).stdout);
  const verdicts = listed.backups.map(({ id, retention }: { id: string; retention: object }) => [
    id.split("/")[0]?.split("_")[0],
    retention,
  ]);
  expect(verdicts).toHaveLength(4);
  expect(JSON.stringify(verdicts)).toContain('"isKept":true,"why":"weekly: 4 weeks"');
});

test("a rule that is none is a finding with its place", async () => {
  await operator.writeSystem(SYSTEM.replace("7d", "7 fortnights"));
  const { code, stdout, stderr } = await operator.lifeboat(["lint"]);
  expect(code).toBe(10);
  expect(stdout + stderr).toMatch(/system\.yaml:6:\d+: .*"30d", "4w", "12mo", "7y"/);
  await operator.writeSystem(SYSTEM);
});
