import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MongoEstate, type MongoFormat, openMongoEstate } from "../../helpers/mongodb-estate.ts";
import { MONGODB_PROGRAMS, PASSWORD, type Snapshot } from "../../helpers/mongodb.ts";
import { manifestPath } from "../../../src/checks/manifest.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const PATIENCE = 600_000;

suiteFor("MongoDB: backup and restore", MONGODB_PROGRAMS, () => {
  let estate: MongoEstate;
  beforeAll(async () => {
    estate = await openMongoEstate();
  });
  afterAll(() => estate?.stop());

  const only = (database: string): Promise<Snapshot> => estate.server.snapshot([database]);
  /** The database and all that a run may have made beside it. */
  const around = async (database: string): Promise<Snapshot> =>
    Object.fromEntries(
      Object.entries(await estate.server.snapshot()).filter(([name]) => name.startsWith(database)),
    );

  /** Changed, missing, emptied, added: what happens to collections. */
  async function damage(database: string): Promise<void> {
    const db = estate.server.db(database);
    await db.collection("customers").deleteMany({ _id: { $gte: 50 } });
    await db.collection("orders").drop();
    await db.collection("latest").drop();
    await db.collection("newer").insertOne({ _id: 1 });
  }

  test.each<MongoFormat>(["archive.gz", "archive", "directory.gz", "directory"])(
    "%s: backup, damage, dry run, drill, live restore, undo",
    async (format) => {
      const name = `round_${format.replace(".", "_")}_all`;
      await estate.fill(name);
      const good = await only(name);
      const path = await estate.backup(name, format);
      await damage(name);
      const everything = await around(name);
      const damaged = await only(name);

      const dry = await estate.restore(name, ["--dry-run", "--backup", path]);
      expect(dry.stdout + dry.stderr).toContain("DRY RUN COMPLETE");
      expect(await around(name)).toEqual(everything);

      const drill = await estate.restore(name, ["--drill", "--backup", path]);
      expect(drill.stdout + drill.stderr).toContain("DRILL PASSED");
      expect(await around(name)).toEqual(everything);

      const live = await estate.restore(name, ["--backup", path]);
      expect(live.stdout + live.stderr).toContain("RECOVERED");
      expect(live.code).toBe(0);
      const restored = (await only(name))[name] ?? {};
      for (const [collection, content] of Object.entries(good[name] ?? {}))
        expect([collection, restored[collection]]).toEqual([collection, content]);
      expect(restored["newer"]).toBe(damaged[name]?.["newer"]);
      const kept = Object.keys(restored).find((one) => one.startsWith("customers__before_")) ?? "";
      expect(restored[kept]).toBe(damaged[name]?.["customers"]);

      const undone = await estate.lifeboat(["undo", "latest", "--confirm", name], estate.at(name));
      expect(undone.stdout + undone.stderr).toContain("UNDONE");
      expect(await around(name)).toEqual(everything);
    },
    PATIENCE,
  );

  test(
    "after clean-up nothing but the restored data is left",
    async () => {
      await estate.fill("tidy");
      const path = await estate.backup("tidy");
      const good = await only("tidy");
      await estate.server.db("tidy").collection("orders").deleteOne({ _id: 5 });
      expect((await estate.restore("tidy", ["--backup", path])).code).toBe(0);
      const run = (await estate.runs())[0] ?? "";
      const tag = Object.keys((await only("tidy"))["tidy"] ?? {}).find((one) =>
        one.startsWith("orders__before_"),
      );
      const cleaned = await estate.lifeboat(
        ["cleanup", run, "--confirm", `tidy${tag?.replace("orders", "")}`],
        estate.at("tidy"),
      );
      expect(cleaned.code, cleaned.stderr).toBe(0);
      expect(await only("tidy")).toEqual(good);
    },
    PATIENCE,
  );

  test(
    "a database that is gone is restored, and undo leaves nothing",
    async () => {
      await estate.fill("gone");
      const good = await only("gone");
      const path = await estate.backup("gone");
      await estate.server.db("gone").dropDatabase();
      const before = await around("gone");
      const live = await estate.restore("gone", ["--backup", path]);
      expect(live.code, live.stderr).toBe(0);
      const restored = (await only("gone"))["gone"] ?? {};
      for (const [collection, content] of Object.entries(good["gone"] ?? {}))
        expect(restored[collection]).toBe(content);
      await estate.lifeboat(["undo", "latest", "--confirm", "gone"], estate.at("gone"));
      expect(await around("gone")).toEqual(before);
    },
    PATIENCE,
  );

  test("the manifest describes the dump itself, document by document", async () => {
    await estate.fill("told");
    const path = await estate.backup("told", "archive.gz");
    const manifest = JSON.parse(await readFile(manifestPath(path), "utf8"));
    const sums = Object.fromEntries(
      manifest.collections.map((one: { name: string; documents: string; sum: string }) => [
        one.name,
        `${one.documents} ${one.sum}`,
      ]),
    );
    const found = Object.entries((await only("told"))["told"] ?? {}).map(([name, content]) => [
      name,
      content.split(" ").slice(0, 2).join(" "),
    ]);
    expect(sums).toEqual(Object.fromEntries(found));
    expect(manifest).toMatchObject({ database: "told", collection: null, users: { in: false } });
  });

  test(
    "the password is in no argument, no file of the run, no output",
    async () => {
      await estate.fill("secret");
      const path = await estate.backup("secret");
      const ran = await estate.restore("secret", ["--backup", path]);
      expect(ran.code).toBe(0);
      const run = (await estate.runs())[0] ?? "";
      const files = await Promise.all(
        [
          "plan.json",
          "journal.jsonl",
          "handover.md",
          "report.md",
          "output/restore.load.log",
          "output/restore.swap.log",
        ].map((file) => readFile(`${estate.home}/runs/${run}/${file}`, "utf8")),
      );
      const said = [ran.stdout, ran.stderr, ...files].join("\n");
      for (const form of [PASSWORD, encodeURIComponent(PASSWORD), JSON.stringify(PASSWORD).slice(1, -1)])
        expect(said).not.toContain(form);
    },
    PATIENCE,
  );
});
