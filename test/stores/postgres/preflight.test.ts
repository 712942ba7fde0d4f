import { expect, test } from "vitest";
import type { PgFacts } from "../../../src/stores/postgres/facts.ts";
import { judgePreflight } from "../../../src/stores/postgres/preflight.ts";
import { judgeFreeDisk, judgeTool } from "../../../src/stores/postgres/preflight-machine.ts";

const FACTS: PgFacts = {
  version: "15.18",
  versionNum: 150_018,
  systemIdentifier: "7",
  inRecovery: false,
  readOnlyBy: null,
  address: "127.0.0.1:5432",
  dataDirectory: "/data",
  user: "restorer",
  superuser: false,
  createdb: true,
  mayAlterRoles: false,
  roleSettings: [],
  maySignal: true,
  connectionLimit: -1,
  roles: ["restorer", "shop_owner"],
  extensions: ["plpgsql"],
  database: {
    oid: "16387",
    owner: "shop_owner",
    mayOwn: true,
    encoding: "UTF8",
    allowsConnections: true,
    collate: "C",
    ctype: "C",
    comment: null,
    bytes: 9_000_000,
  },
  sessions: [{ application: "app", user: "shop_app", sessions: 12 }],
  superuserSessions: 0,
  prepared: [],
  slots: [],
  subscriptions: 0,
  standbys: 0,
  leftovers: [],
};
const ARGS = {
  database: "shop",
  strategy: "swap",
  live: true,
  known: true,
  roles: ["shop_owner"],
  extensions: [] as string[],
  encoding: "UTF8",
  jobs: 2,
};

function judge(facts: Partial<PgFacts>, args: Partial<typeof ARGS> = {}) {
  const stdout = JSON.stringify({ ...FACTS, ...facts });
  return judgePreflight({ stdout, stderr: "", exit: 0 }, { ...ARGS, ...args }, () => undefined);
}
const failures = (results: ReturnType<typeof judge>) => results.filter((one) => one.result === "fail");

test("a server in order has no failure, and says what it is", () => {
  const results = judge({});
  expect(results.filter((one) => one.result !== "pass")).toEqual([]);
  expect(results.map((one) => one.found).join("\n")).toContain("PostgreSQL 15.18 at 127.0.0.1:5432");
});

test("every obstacle is reported at once, each with what to type", () => {
  const results = failures(
    judge(
      {
        inRecovery: true,
        readOnlyBy: "configuration file",
        createdb: false,
        maySignal: false,
        roleSettings: ["shop_app"],
        connectionLimit: 3,
        prepared: ["a'b"],
        slots: [{ name: "cdc", active: true }],
        subscriptions: 2,
        superuserSessions: 1,
        database: FACTS.database && { ...FACTS.database, mayOwn: false, encoding: "LATIN1" },
      },
      { roles: ["gone"], extensions: ["postgis"] },
    ),
  );
  expect(results).toHaveLength(14);
  expect(results.filter((one) => !one.fix || !one.why)).toEqual([]);
  expect(results.map((one) => one.fix).join("\n")).toContain("ROLLBACK PREPARED 'a''b';");
});

test("what would block only the live name is a warning in a drill", () => {
  const facts = { prepared: ["x"], slots: [{ name: "cdc", active: false }], subscriptions: 1 };
  expect(failures(judge(facts, { live: false }))).toEqual([]);
  expect(judge(facts, { live: false }).filter((one) => one.result === "warning")).toHaveLength(3);
});

test("names of roles with quotes give a command that can be typed", () => {
  const [result] = failures(judge({ user: 'odd"role', createdb: false }));
  expect(result?.fix).toBe('as a superuser: ALTER ROLE "odd""role" CREATEDB;');
});

test("a database that is gone is no obstacle: the restore makes it", () => {
  const results = judge({ database: null });
  expect(failures(results)).toEqual([]);
  expect(results.find((one) => one.name === "the live database")?.result).toBe("warning");
});

test("needs of a backup that has not been read yet are not called none", () => {
  const found = judge({}, { known: false, roles: [] }).find(
    (one) => one.name === "roles and extensions",
  )?.found;
  expect(found).toBe("read from the backup in the next step");
});

const disk = (stdout: string) =>
  judgeFreeDisk({ stdout, stderr: "", exit: 0 }, { needed: 5_000_000, what: "the copy" }, () => undefined)[0];

const df = (kilobytes: string): string =>
  `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 9 9 ${kilobytes} 9% /data\n`;

test("free disk is read from df, and what does not look like df is not taken for free disk", () => {
  expect(disk(df("100000"))?.result).toBe("pass");
  expect(disk(df("100"))).toMatchObject({ result: "fail", why: "/data would fill up" });
  expect(disk("")?.result).toBe("not checked");
});

const tool = (stdout: string) =>
  judgeTool(
    { stdout, stderr: "", exit: 0 },
    { tool: "psql", serverMajor: 15, archive: null },
    () => undefined,
  )[0];

test("a client is compared with the server by its major version only", () => {
  expect(tool("psql (PostgreSQL) 15.1\n")?.result).toBe("pass");
  expect(tool("psql (PostgreSQL) 17.0\n")?.result).toBe("pass");
  expect(tool("psql (PostgreSQL) 9.6.24\n")?.result).toBe("fail");
  expect(tool("")?.result).toBe("fail");
});
