import { mkdtemp } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT } from "../../src/base/exit-codes.ts";
import { openOperator, type Operator } from "../helpers/operator.ts";

const SYSTEM = `title: App
stores:
  database:
    kind: postgres
    server: 127.0.0.1
    port: 1
    database: app
    backups: [{ path: "\${APP_BACKUPS}/{tier}/app_{timestamp}.sql.gz" }]
`;
const LOST = `title: Lost
scenario: x
steps:
  - { id: restore, kind: restore, store: database }
`;

let operator: Operator;
beforeAll(async () => {
  const folder = await mkdtemp("/tmp/lifeboat-paper-");
  const files = { system: SYSTEM, lost: LOST };
  operator = await openOperator({
    folder,
    system: "app",
    files,
    backups: "APP_BACKUPS",
    env: {},
    end: async () => undefined,
  });
});
afterAll(() => operator?.stop());

test("a procedure can be printed where neither server nor backup is, and says what it had to assume", async () => {
  const { code, stdout } = await operator.lifeboat(["plan", "app", "lost", "--markdown"]);
  expect(code).toBe(EXIT.done);
  expect(stdout).toContain("none was found here; planned as if it were plain.gz");
  expect(stdout).toContain("no backup was found on this machine; planned for one that is called");
  expect(stdout).toContain("app_{timestamp}.sql.gz");
  expect(stdout).toContain("what was written after its newest backup");
  expect(stdout).toContain("time: not known without a backup, no RTO set");
  expect(stdout).not.toMatch(/\babout \d/);
});

test.each(["--dry-run", "--drill", "--live"])("%s never takes a backup that is not there", async (mode) => {
  const { code, stderr } = await operator.lifeboat(["run", "app", "lost", mode]);
  expect(code).toBe(EXIT.preflight);
  expect(stderr).toContain("no backup to restore from");
});

test("a backup that is named has to be there for a plan, too", async () => {
  const { code, stderr } = await operator.lifeboat([
    "plan",
    "app",
    "lost",
    "--backup",
    "app_20260101_000000.sql.gz",
  ]);
  expect(code).toBe(EXIT.preflight);
  expect(stderr).toContain("app_20260101_000000.sql.gz");
});

test("nor is a password needed for it; a run wants it", async () => {
  const system = SYSTEM.replace("port: 1\n", "port: 1\n    password: ${APP_PASSWORD}\n");
  await operator.write("runbooks/app/system.yaml", system);
  const { code, stdout } = await operator.lifeboat(["plan", "app", "lost", "--markdown"]);
  expect(code).toBe(EXIT.done);
  expect(stdout).toMatch(/APP.?_PASSWORD is not set: planned without it; nothing can be run before it is/);
  const run = await operator.lifeboat(["run", "app", "lost", "--live", "--confirm", "app"]);
  expect(run.code).toBe(EXIT.invalid);
  expect(run.stderr).toContain("APP_PASSWORD is not set");

  const unnamed = SYSTEM.replace("database: app", "database: ${APP_DATABASE}");
  await operator.write("runbooks/app/system.yaml", unnamed);
  const refused = await operator.lifeboat(["plan", "app", "lost"]);
  expect(refused.code).toBe(EXIT.invalid);
  expect(refused.stderr).toContain("APP_DATABASE is not set");
  await operator.write("runbooks/app/system.yaml", SYSTEM);
});
