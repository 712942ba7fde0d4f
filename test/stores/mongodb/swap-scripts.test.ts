import { mkdtemp, rm, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LaunchResult } from "../../../src/hosts/launcher.ts";
import type { Command } from "../../../src/step/command.ts";
import { type Client, shell } from "../../../src/stores/mongodb/client.ts";
import { restoreNames } from "../../../src/stores/mongodb/names.ts";
import {
  dropKeptScript,
  notPlacedScript,
  swapProbe,
  swapScript,
  unswapScript,
} from "../../../src/stores/mongodb/swap-scripts.ts";
import { type TestMongodb, MONGODB_PROGRAMS, startMongodb } from "../../helpers/mongodb.ts";
import { suiteFor } from "../../helpers/suite-for.ts";
import { whileRepeating } from "../../helpers/while-repeating.ts";
import { clientOf, runner } from "./at-the-server.ts";

const PATIENCE = 300_000;
const RUN = "20261120T070000-vizora-lost-abcd";
const TAG = "1120_070000_abcd";

suiteFor("MongoDB: the swap at a server", MONGODB_PROGRAMS, () => {
  let server: TestMongodb;
  let home: string;
  let run: (command: Command) => Promise<LaunchResult>;
  beforeAll(async () => {
    server = await startMongodb();
    home = await mkdtemp("/tmp/lifeboat-mongo-swap-");
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

  /** A database with two live collections, one that only the copy has, and a restored copy beside them. */
  async function beside(name: string) {
    const names = restoreNames(name, { tag: TAG, step: "restore", drill: false });
    const db = server.db(name);
    for (const live of ["a", "b"]) await db.collection(live).insertOne({ _id: "old", of: live });
    for (const copy of ["a", "b", "c"])
      await db.collection(copy + names.copy).insertOne({ _id: "new", of: copy });
    await db.collection(names.marks).insertOne({ _id: "load", run: RUN, state: "restored" });
    const client = clientOf(server, name);
    const held = async (): Promise<Record<string, unknown>> => {
      const all = await db.listCollections().toArray();
      const entries = all
        .filter((one) => one.name !== names.marks)
        .map(
          async (one) =>
            [one.name.replace(TAG, ""), (await db.collection(one.name).findOne({}))?.["_id"]] as const,
        );
      return Object.fromEntries(await Promise.all(entries));
    };
    return { names, db, client, held };
  }
  const BEFORE = { a: "old", b: "old", a__restore_: "new", b__restore_: "new", c__restore_: "new" };
  const AFTER = { a: "new", b: "new", c: "new", a__before_: "old", b__before_: "old" };

  test(
    "a swap cut at any rename is seen as half done, and can be finished or taken back",
    async () => {
      // The first rename is noted before it is made; what follows are the renames of a swap, one after the other.
      const renames = [
        [["a", `a__before_${TAG}`]],
        [
          ["a", `a__before_${TAG}`],
          [`a__restore_${TAG}`, "a"],
        ],
        [
          ["a", `a__before_${TAG}`],
          [`a__restore_${TAG}`, "a"],
          ["b", `b__before_${TAG}`],
        ],
      ];
      for (const [index, done] of renames.entries()) {
        for (const way of ["finish", "back"] as const) {
          const place = await beside(`cut_${index}_${way}`);
          const { client, names, db } = place;
          // Notes what is to be done, as the swap does before its first rename.
          const noted = swapScript(names, RUN, undefined).split("for (const { name, copy } of")[0] ?? "";
          await ask(client, noted);
          for (const [from = "", to = ""] of done) await db.collection(from).rename(to);
          expect([index, await ask(client, swapProbe(names))]).toEqual([index, "PARTLY"]);
          if (way === "finish") await ask(client, swapScript(names, RUN, undefined));
          else await ask(client, unswapScript(names));
          expect([index, way, await place.held()]).toEqual([index, way, way === "finish" ? AFTER : BEFORE]);
          expect(await ask(client, swapProbe(names))).toBe(way === "finish" ? "DONE" : "NOT DONE");
        }
      }
    },
    PATIENCE,
  );

  test(
    "swap, swap again, undo, undo again: each gives the same as once",
    async () => {
      const { client, names, held } = await beside("twice");
      expect(await ask(client, swapProbe(names))).toBe("NOT DONE");
      for (const _ of [1, 2]) {
        await ask(client, swapScript(names, RUN, undefined));
        expect(await held()).toEqual(AFTER);
        expect(await ask(client, notPlacedScript(names))).toBe("0");
      }
      for (const _ of [1, 2]) {
        await ask(client, unswapScript(names));
        expect(await held()).toEqual(BEFORE);
      }
      await ask(client, swapScript(names, RUN, undefined));
      await ask(client, dropKeptScript(names));
      expect(await held()).toEqual({ a: "new", b: "new", c: "new" });
    },
    PATIENCE,
  );

  test(
    "a copy of another run, or one that is not whole, is not put in place",
    async () => {
      const { client, names, db, held } = await beside("strange");
      await expect(ask(client, swapScript(names, "another-run", undefined))).rejects.toThrow(
        "was not restored by this run",
      );
      await db.collection(names.marks).updateOne({ _id: "load" }, { $set: { state: "restoring" } });
      await expect(ask(client, swapScript(names, RUN, undefined))).rejects.toThrow(
        "was not restored by this run",
      );
      expect(await held()).toEqual(BEFORE);
    },
    PATIENCE,
  );

  test(
    "what an application makes while a name is free is kept, and comes to nobody's harm in an undo",
    async () => {
      const { client, names, db, held } = await beside("between");
      const noted = swapScript(names, RUN, undefined).split("for (const { name, copy } of")[0] ?? "";
      await ask(client, noted);
      await db.collection("a").rename(`a__before_${TAG}`);
      await db.collection("a").insertOne({ _id: "between" });
      await ask(client, swapScript(names, RUN, undefined));
      expect(await held()).toEqual({ ...AFTER, a__between_: "between" });
      await ask(client, unswapScript(names));
      expect(await held()).toEqual({ ...BEFORE, a__between_: "between" });
    },
    PATIENCE,
  );

  test(
    "applications that write all the time lose nothing in a swap and its undo",
    async () => {
      const { client, names, db, held } = await beside("hammered");
      let [wrote, refused] = [0, 0];
      const insert = (n: number): Promise<unknown> =>
        db
          .collection(n % 2 === 0 ? "a" : "b")
          .insertOne({ _id: `h${n}` })
          .then(
            () => (wrote += 1),
            () => (refused += 1),
          );
      let n = 0;
      await whileRepeating(
        () => insert(n++),
        async () => {
          await ask(client, swapScript(names, RUN, undefined));
          await ask(client, unswapScript(names));
        },
      );
      const all = Object.keys(await held());
      const written = all.map((short) =>
        db
          .collection(short.replace(/(__(?:before|restore|between)_)/, `$1${TAG}`))
          .countDocuments({ _id: { $regex: "^h" } }),
      );
      const found = (await Promise.all(written)).reduce((sum, one) => sum + one, 0);
      expect(found).toBe(wrote);
      expect(refused).toBeLessThan(50);
      expect(wrote).toBeGreaterThan(0);
    },
    PATIENCE,
  );

  test(
    "newer collections are moved aside when that is asked for, and come back",
    async () => {
      const { client, names, db, held } = await beside("aside");
      await db.collection("newer").insertOne({ _id: "newer" });
      await ask(client, swapScript(names, RUN, ["newer", "gone-meanwhile"]));
      expect(await held()).toEqual({ ...AFTER, newer__before_: "newer" });
      expect(await ask(client, notPlacedScript(names))).toBe("0");
      await ask(client, unswapScript(names));
      expect(await held()).toEqual({ ...BEFORE, newer: "newer" });
    },
    PATIENCE,
  );

  test(
    "old data that somebody has dropped is named, and the restored data stays",
    async () => {
      const { client, names, db, held } = await beside("dropped");
      await ask(client, swapScript(names, RUN, undefined));
      await db.collection(`b__before_${TAG}`).drop();
      await expect(ask(client, unswapScript(names))).rejects.toThrow(
        `the old data is not there any more: no collection b__before_${TAG}`,
      );
      expect(await held()).toMatchObject({ b: "new" });
    },
    PATIENCE,
  );

  test(
    "without the record of what was swapped, an undo stops instead of doing nothing",
    async () => {
      const { client, names, db, held } = await beside("markless");
      await ask(client, swapScript(names, RUN, undefined));
      await db.collection(names.marks).drop();
      await expect(ask(client, unswapScript(names))).rejects.toThrow(
        "what was swapped is not known any more",
      );
      expect(await held()).toEqual(AFTER);
    },
    PATIENCE,
  );
});
