import { mkdirSync, chownSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Estate, openEstate, SHOP_SYSTEM } from "../../helpers/estate.ts";
import { maySmallDisk, withSmallDisk } from "../../helpers/small-disk.ts";
import { expectOutcome, runOf } from "../outcome.ts";

/** `bytes` of data that does not compress, as one table. */
const ballast = (megabytes: number): string => `CREATE TABLE ballast AS
  SELECT n, (SELECT string_agg(decode(md5(random()::text || n || i), 'hex'), '') FROM generate_series(1, 6400) i) AS bytes
  FROM generate_series(1, ${megabytes * 10}) n; ALTER TABLE ballast OWNER TO shop_owner;`;

describe.skipIf(!maySmallDisk())("on a small disk (skipped where mounting one is not allowed)", () => {
  let estate: Estate;
  beforeAll(async () => {
    estate = await openEstate({
      wrap: (folder, user) => {
        const disk = join(folder, "small");
        mkdirSync(disk);
        if (user.owner) chownSync(disk, user.owner.uid, user.owner.gid);
        // Room for the live database and a new, empty one, but not for its data.
        return withSmallDisk(disk, "24m", user.owner);
      },
    });
  });
  afterAll(() => estate?.stop());
  const sql = (text: string, database = "postgres"): Promise<string> => estate.server.psql(database, text);

  test("a disk that fills up under the copy stops the restore, and the live data is whole", async () => {
    await sql(`CREATE TABLESPACE small LOCATION '${join(estate.server.folder, "small")}'`);
    await sql("CREATE DATABASE tight TEMPLATE shop TABLESPACE small");
    // Pages take room on the disk only when they are written.
    await sql(`${ballast(8)} CHECKPOINT;`, "tight");
    const backup = await estate.backup("custom", "tight");
    const before = await estate.snapshot();
    const ran = await estate.restore("tight", ["--backup", backup]);
    expectOutcome(
      ran,
      20,
      "No space left on device",
      "likely: a disk is full",
      /next: free space there/,
      "tight is as it was: this run did not touch it",
    );
    expectOutcome(ran, 20, /now +the copy tight__restore_\w+ exists/, `lifeboat undo ${runOf(ran)}`);
    expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "tight"], estate.at("tight")), 0);
    expect(await estate.snapshot()).toEqual(before);

    const undone = await estate.restore("tight", ["--backup", backup, "--on-failure", "undo"]);
    expectOutcome(undone, 21, "No space left on device", "everything this run had changed was taken back");
    expect(await estate.snapshot()).toEqual(before);
  });

  test("a disk that fills up under the safety copy stops a replace before anything is dropped", async () => {
    await estate.writeSystem(SHOP_SYSTEM.replace("    backups:", "    safety-copies: safety\n    backups:"));
    await mkdir(join(estate.folder, "safety"));
    await estate.clone("large");
    await sql(ballast(12), "large");
    const backup = await estate.backup();
    const before = await estate.snapshot();
    const args = [
      "run",
      "shop",
      "lost",
      "--live",
      "--confirm",
      "large",
      "--strategy",
      "replace",
      "--backup",
      backup,
    ];
    // So small that it is foreseen.
    const foreseen = await estate.lifeboat(
      args,
      estate.at("large"),
      withSmallDisk(join(estate.folder, "safety"), "2m"),
    );
    expectOutcome(foreseen, 11, "free disk for the safety copy", "would fill up", "nothing was changed");
    expect(await estate.snapshot()).toEqual(before);

    const ran = await estate.lifeboat(
      args,
      estate.at("large"),
      withSmallDisk(join(estate.folder, "safety"), "12m"),
    );
    expectOutcome(ran, 20, "No space left on device", "large is as it was: this run did not touch it");
    expect(await estate.snapshot()).toEqual(before);
  });
});
