import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MongoEstate, openMongoEstate } from "../../helpers/mongodb-estate.ts";
import { MONGODB_PROGRAMS } from "../../helpers/mongodb.ts";
import { maySmallDisk, withSmallDisk } from "../../helpers/small-disk.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const PATIENCE = 400_000;

suiteFor(
  "MongoDB: a server whose disk is small",
  MONGODB_PROGRAMS,
  () => {
    let estate: MongoEstate;
    beforeAll(async () => {
      estate = await openMongoEstate({
        wrap: (folder, user) => {
          const disk = join(folder, "small");
          mkdirSync(disk);
          if (user.owner) chownSync(disk, user.owner.uid, user.owner.gid);
          // Room for the live data, and not for a copy beside it.
          return withSmallDisk(disk, "40m", user.owner);
        },
      });
      const { server } = estate;
      await server.halt();
      await server.postgres.psql(
        "postgres",
        `CREATE TABLESPACE small LOCATION '${join(server.postgres.folder, "small")}'`,
      );
      await server.postgres.psql("postgres", "ALTER DATABASE ferret SET TABLESPACE small");
      await server.start();
    }, PATIENCE);
    afterAll(() => estate?.stop());

    test(
      "a disk that fills up under the copy stops the restore; the copy is removed, and the live data is whole",
      async () => {
        const db = await estate.fill("tight");
        const ballast = Array.from({ length: 160 }, (_, id) => ({
          _id: id,
          bytes: randomBytes(50_000).toString("hex"),
        }));
        for (let from = 0; from < ballast.length; from += 20)
          await db.collection("ballast").insertMany(ballast.slice(from, from + 20));
        await estate.server.postgres.psql("postgres", "CHECKPOINT");
        const path = await estate.backup("tight");
        const before = await estate.server.snapshot();
        const ran = await estate.restore("tight", ["--backup", path, "--on-failure", "undo"]);
        const said = ran.stdout + ran.stderr;
        expect(said).toContain("No space left on device");
        expect(said).toContain("the server's disk is full");
        expect(ran.code, said).toBe(21);
        expect(await estate.server.snapshot()).toEqual(before);
      },
      PATIENCE,
    );
  },
  maySmallDisk() ? undefined : "no small disk can be mounted here",
);
