import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manifestPath } from "../../../src/checks/manifest.ts";
import { type MongoEstate, openMongoEstate, SYSTEM } from "../../helpers/mongodb-estate.ts";
import { MONGODB_PROGRAMS, type Snapshot } from "../../helpers/mongodb.ts";
import { type Ran, startLifeboat } from "../../helpers/lifeboat.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const PATIENCE = 400_000;

const header = (title: string): string => `title: ${title}\nscenario: a test\nsteps:\n`;

const system = (collection: string): string =>
  SYSTEM.replace("kind: mongodb\n", `kind: mongodb\n    collection: ${collection}\n`);

suiteFor("MongoDB: what a runbook can do", MONGODB_PROGRAMS, () => {
  let estate: MongoEstate;
  beforeAll(async () => {
    estate = await openMongoEstate();
  }, PATIENCE);
  afterAll(() => estate?.stop());

  const only = async (database: string): Promise<Record<string, string>> =>
    (await estate.server.snapshot([database]))[database] ?? {};

  async function live(database: string, runbook: string, args: string[], ...confirm: string[]): Promise<Ran> {
    const confirms = [database, ...confirm].flatMap((name) => ["--confirm", name]);
    return estate.lifeboat(["run", "vizora", runbook, "--live", ...confirms, ...args], estate.at(database));
  }

  test(
    "one collection out of the folder of one database, without a manifest, after a safety copy",
    async () => {
      await estate.fill("one");
      const good = await only("one");
      const folder = await estate.backup("one", "directory");
      const db = estate.server.db("one");
      await db.collection("orders").deleteMany({});
      await db.collection("customers").deleteOne({ _id: 1 });
      const before = await only("one");
      await estate.write(
        "runbooks/vizora/one.yaml",
        `${header("One collection")}  - { id: copy, kind: safety-copy, store: analytics }
  - { id: ask, kind: query, store: analytics, sql: db.orders.countDocuments(), expect: { equals: 0 } }
  - { id: restore, kind: restore, store: analytics, only: [orders] }
`,
      );
      const ran = await live("one", "one", ["--backup", join(folder, "one")]);
      expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      expect(ran.stdout).toContain("a folder of mongodump does not say how many documents there were");
      const after = await only("one");
      expect(after["orders"]).toBe(good["orders"]);
      expect(after["customers"]).toBe(before["customers"]);
      const run = (await estate.runs())[0] ?? "";
      const safety = join(estate.home, "runs", run, "safety", `before-${run}-copy.archive.gz`);
      expect((await readFile(safety)).length).toBeGreaterThan(1000);
      await estate.lifeboat(["undo", run, "--confirm", "one"], estate.at("one"));
      expect(await only("one")).toEqual(before);
    },
    PATIENCE,
  );

  test(
    "the monthly proof: restored under another name, asked, removed; production is not touched",
    async () => {
      await estate.fill("monthly");
      const path = await estate.backup("monthly");
      await estate.write(
        "runbooks/vizora/monthly.yaml",
        `${header("Monthly")}  - { id: restore, kind: restore, store: analytics, into: monthly_verify, tables: [orders] }
  - { id: gone, kind: cleanup, store: analytics, into: monthly_verify }
`,
      );
      const before = await estate.server.snapshot();
      const ran = await live("monthly", "monthly", ["--backup", path], "monthly_verify");
      expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      const after: Snapshot = await estate.server.snapshot();
      expect(after).toEqual(before);
    },
    PATIENCE,
  );

  test(
    "live data against a backup: green as long as nothing has changed, red with the name of what has",
    async () => {
      await estate.fill("checked");
      const path = await estate.backup("checked");
      await estate.write(
        "runbooks/vizora/check.yaml",
        `${header("Check")}  - { id: check, kind: verify, store: analytics }\n`,
      );
      const ask = (): Promise<Ran> => live("checked", "check", ["--backup", path, "--on-failure", "stop"]);
      const green = await ask();
      expect(green.code, green.stdout + green.stderr).toBe(0);
      await estate.server
        .db("checked")
        .collection("customers")
        .updateOne({ _id: 5 }, { $set: { city: "x" } });
      const red = await ask();
      expect(red.code, red.stdout + red.stderr).toBe(24);
      expect(red.stdout).toContain("customers: the number of documents is right, but at least one value");
    },
    PATIENCE,
  );

  test(
    "newer collections are moved aside when the system says so, and come back with an undo",
    async () => {
      await estate.fill("aside");
      const path = await estate.backup("aside");
      await estate.server.db("aside").collection("newer").insertOne({ _id: 1 });
      const before = await only("aside");
      await estate.write(
        "runbooks/vizora/system.yaml",
        SYSTEM.replace("kind: mongodb\n", "kind: mongodb\n    newer-collections: aside\n"),
      );
      const ran = await estate.restore("aside", ["--backup", path]);
      await estate.write("runbooks/vizora/system.yaml", SYSTEM);
      expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      expect(ran.stdout).toContain("they are moved aside with the old data");
      const after = await only("aside");
      expect(after["newer"]).toBeUndefined();
      const moved = Object.keys(after).find((name) => name.startsWith("newer__before_")) ?? "";
      expect(after[moved]).toBe(before["newer"]);
      const [run = ""] = await estate.runs();
      // What runs have kept aside is no part of what is compared.
      await estate.write(
        "runbooks/vizora/check.yaml",
        `${header("Check")}  - { id: check, kind: verify, store: analytics }\n`,
      );
      const checked = await live("aside", "check", ["--backup", path, "--on-failure", "stop"]);
      expect(checked.code, checked.stdout + checked.stderr).toBe(0);
      await estate.lifeboat(["undo", run, "--confirm", "aside"], estate.at("aside"));
      expect(await only("aside")).toEqual(before);
    },
    PATIENCE,
  );

  test(
    "a backup of one collection says so, restores only it, and is refused when the collection is not there",
    async () => {
      await estate.fill("single");
      await estate.write("runbooks/vizora/system.yaml", system("orders"));
      const path = await estate.backup("single");
      expect(JSON.parse(await readFile(manifestPath(path), "utf8"))).toMatchObject({
        collection: "orders",
        collections: [{ name: "orders", documents: "1200" }],
      });
      await estate.write("runbooks/vizora/system.yaml", system("nobody"));
      await expect(estate.backup("single")).rejects.toThrow(/backup of single/);
      await estate.write("runbooks/vizora/system.yaml", SYSTEM);
      await estate.server.db("single").collection("orders").deleteOne({ _id: 1 });
      const before = await only("single");
      await estate.write(
        "runbooks/vizora/plain.yaml",
        `${header("Plain")}  - { id: restore, kind: restore, store: analytics }\n`,
      );
      const ran = await live("single", "plain", ["--backup", path]);
      expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      const after = await only("single");
      expect(after["customers"]).toBe(before["customers"]);
      expect(after["orders"]).not.toBe(before["orders"]);
    },
    PATIENCE,
  );

  test(
    "a runbook is certified without any server",
    async () => {
      const { MONGODB_URL: _none, ...env } = estate.env;
      const ran = await startLifeboat(["certify", "vizora", "lost"], { env, cwd: estate.folder }).ended;
      expect(ran.stdout, ran.stderr).toContain("PASSED");
      expect(ran.stdout).toMatch(/Swap +\d+/);
      expect(ran.code).toBe(0);
    },
    PATIENCE,
  );
});
