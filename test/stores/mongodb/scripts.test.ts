import { mkdtemp, rm, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LaunchResult } from "../../../src/hosts/launcher.ts";
import type { Command } from "../../../src/step/command.ts";
import { type Client, shell, toolThen } from "../../../src/stores/mongodb/client.ts";
import { contentsScript } from "../../../src/stores/mongodb/contents-script.ts";
import { parseFacts } from "../../../src/stores/mongodb/facts.ts";
import { askFacts } from "../../../src/stores/mongodb/facts-script.ts";
import { restoreNames } from "../../../src/stores/mongodb/names.ts";
import { queryScript } from "../../../src/stores/mongodb/query-script.ts";
import { type TestMongodb, MONGODB_PROGRAMS, startMongodb } from "../../helpers/mongodb.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { clientOf, runner } from "./at-the-server.ts";

const PATIENCE = 300_000;
const TAG = "1120_070000_abcd";

suiteFor("MongoDB: the scripts at a server", MONGODB_PROGRAMS, () => {
  let server: TestMongodb;
  let home: string;
  let run: (command: Command) => Promise<LaunchResult>;
  beforeAll(async () => {
    server = await startMongodb();
    home = await mkdtemp("/tmp/lifeboat-mongo-scripts-");
    await mkdir(join(home, ".mongodb", "mongosh"), { recursive: true });
    await writeFile(join(home, ".mongodb", "mongosh", "config"), JSON.stringify({ enableTelemetry: false }));
    run = runner(home);
  }, PATIENCE);
  afterAll(async () => {
    await server?.stop();
    await rm(home, { recursive: true, force: true });
  });

  const ask = async (client: Client, script: string): Promise<string> => {
    const ran = await run(shell(client, client.connection.database, script));
    if (ran.exit !== 0) throw new Error(ran.stderr);
    return ran.stdout.trim();
  };

  test(
    "a question is answered by the copy, and one that would change something is refused",
    async () => {
      const names = restoreNames("asked", { tag: TAG, step: "restore", drill: false });
      const db = server.db("asked");
      await db.collection("a").insertOne({ _id: "old" });
      for (const copy of ["a", "b", "c"])
        await db.collection(copy + names.copy).insertOne({ _id: "new", of: copy });
      const client = clientOf(server, "asked");
      const copy = (question: string): Promise<string> => ask(client, queryScript(question, names.copy));
      expect(await copy('db.a.countDocuments({ _id: "new" })')).toBe("1");
      expect(await copy('db.getCollection("b").findOne()._id')).toBe("new");
      expect(await copy("db.c.find().toArray()")).toBe('{"_id":"new","of":"c"}');
      expect(await copy("db.a.find()")).toBe('{"_id":"new","of":"a"}');
      expect(await copy('db.a.distinct("of")')).toBe("a");
      expect(await copy("db.a.findOne({ _id: 7 })")).toBe("");
      expect(await ask(client, queryScript('db.a.countDocuments({ _id: "old" })', ""))).toBe("1");
      await expect(copy("db.a.insertOne({})")).rejects.toThrow("insertOne is not a function");
      await expect(copy("db.dropDatabase()")).rejects.toThrow("dropDatabase is not a function");
      await expect(copy('db.a.aggregate([{ $out: "x" }])')).rejects.toThrow("a query may only read");
    },
    PATIENCE,
  );

  test(
    "an exit code of 0 with documents that failed is not believed, and what should come behind it is not done",
    async () => {
      const name = "failing";
      await server
        .db(name)
        .collection("a")
        .insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
      const client = clientOf(server, name);
      const archive = join(home, "failing.archive");
      const note = (word: string): Command =>
        shell(client, name, `db.notes.insertOne({ _id: "${word}" });`, { token: word });
      const dump = { program: "mongodump", args: [`--db=${name}`, `--archive=${archive}`], says: "*" };
      expect(await run(toolThen(client, dump, note("dumped")))).toMatchObject({
        exit: 0,
        stdout: "dumped\n",
      });
      // Into the live collection: every document is there already.
      const again = {
        program: "mongorestore",
        args: [`--archive=${archive}`, `--nsInclude=${name}.a`],
        says: "' 0 document(s) failed to restore.'",
      };
      const ran = await run(toolThen(client, again, note("loaded")));
      expect(ran.stderr).toContain("3 document(s) failed to restore");
      expect(ran.stderr).not.toContain("mongorestore failed");
      expect(ran).toMatchObject({ exit: 1, stdout: "" });
      expect(await server.db(name).collection("notes").countDocuments()).toBe(1);
    },
    PATIENCE,
  );

  test(
    "facts tell the server, its collections and who asks; a wrong password and a closed port are named",
    async () => {
      await server.db("told").createCollection("one", { capped: true, size: 4096 });
      const client = clientOf(server, "told");
      const facts = parseFacts((await run(askFacts(client, "told"))).stdout);
      expect(facts).toMatchObject({
        writable: true,
        database: "told",
        users: 0,
        version: expect.stringMatching(/^7/),
      });
      expect(facts.ferret).toMatch(/^v1\./);
      expect(facts.server).toMatch(/^[0-9a-f]{32}$/);
      expect(facts.collections).toEqual([
        { name: "one", type: "collection", uuid: expect.stringMatching(/^[0-9a-f]{32}$/) },
      ]);
      const wrong = { ...client, connection: { ...client.connection, user: "nobody" } };
      expect((await run(askFacts(wrong, "told"))).stderr).toContain("Authentication failed");
      const closed = { ...client, connection: { ...client.connection, hosts: "127.0.0.1:9" } };
      expect((await run(askFacts(closed, "told"))).stderr).toContain("ECONNREFUSED");
    },
    PATIENCE,
  );

  test(
    "the sum at the server is the sum of the dump, whatever the order",
    async () => {
      const db = server.db("summed");
      const documents = [{ _id: 1, x: "é" }, { _id: "2", y: [null, 1.5, { z: true }] }, { _id: 3 }];
      await db.collection("forth").insertMany(documents);
      await db.collection("back").insertMany(documents.toReversed());
      const printed = await ask(
        clientOf(server, "summed"),
        contentsScript({ suffix: "", only: [], except: [] }),
      );
      const sums = printed
        .split("\n")
        .map((line) => JSON.parse(line))
        .filter((line) => "sum" in line);
      expect(sums).toHaveLength(2);
      expect(sums[0].sum).toBe(sums[1].sum);
      const [content] = Object.values((await server.snapshot(["summed"]))["summed"] ?? {});
      expect(content?.split(" ")[1]).toBe(sums[0].sum);
    },
    PATIENCE,
  );

  test(
    "more collections than are read at once: each has its own sum, and one that cannot be read fails the whole",
    async () => {
      const db = server.db("many");
      const names = Array.from({ length: 9 }, (_, n) => `c${n}`);
      // More than a batch in one of them, and one that is empty.
      for (const [n, name] of names.entries())
        if (n === 0) await db.createCollection(name);
        else
          await db
            .collection(name)
            .insertMany(Array.from({ length: n === 1 ? 2500 : n }, (_, id) => ({ _id: id, n })));
      const script = contentsScript({ suffix: "", only: [], except: [] });
      const client = clientOf(server, "many");
      const lines = (await ask(client, script)).split("\n").map((line) => JSON.parse(line));
      const told = Object.fromEntries(
        lines.filter((line) => "sum" in line).map(({ table, rows, sum }) => [table, `${rows} ${sum}`]),
      );
      const held = Object.entries((await server.snapshot(["many"]))["many"] ?? {});
      expect(told).toEqual(
        Object.fromEntries(held.map(([name, words]) => [name, words.split(" ").slice(0, 2).join(" ")])),
      );
      expect(Object.keys(told)).toHaveLength(names.length);
      const broken = script.replace("{ raw: true,", '{ raw: as !== "c5",');
      expect(broken).not.toBe(script);
      await expect(ask(client, broken)).rejects.toThrow("does not hand out documents as bytes");
    },
    PATIENCE,
  );
});
