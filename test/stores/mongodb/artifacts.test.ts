import { cp, mkdir, readFile, rm, truncate, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectArtifact } from "../../../src/catalog/inspect.ts";
import { readFormat } from "../../../src/catalog/format.ts";
import { type MongoEstate, openMongoEstate } from "../../helpers/mongodb-estate.ts";
import { MONGODB_PROGRAMS } from "../../helpers/mongodb.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const PATIENCE = 300_000;

const orders = (place: string): string => join(place, "vizora", "orders.bson");

/** Ends of the blocks of an archive: mongorestore takes some of them for the end of the file. */
function edges(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 4; at < bytes.length;) {
    const length = bytes.readInt32LE(at);
    at += length === -1 ? 4 : length;
    if (length === -1) found.push(at);
  }
  return found;
}

async function failsAt(path: string): Promise<string> {
  const report = await inspectArtifact(path, { kind: "mongodb" });
  const bad = report.results.filter(({ result }) => result === "fail");
  return bad.map(({ name, why }) => `${name}: ${why}`).join("\n");
}

suiteFor("MongoDB: what is found out about an artifact", MONGODB_PROGRAMS, () => {
  let estate: MongoEstate;
  let archive: string;
  let folder: string;
  let packed: string;
  let made = 0;
  beforeAll(async () => {
    estate = await openMongoEstate();
    await estate.fill("vizora");
    [archive, folder, packed] = [
      await estate.backup("vizora", "archive"),
      await estate.backup("vizora", "directory"),
      await estate.backup("vizora", "directory.gz"),
    ];
  }, PATIENCE);
  afterAll(() => estate?.stop());

  /** A damaged copy of a file, and what a reading of it fails with. */
  async function fails(bytes: Buffer | string, name = "damaged.archive"): Promise<string> {
    const path = join(estate.folder, `case-${(made += 1)}-${name}`);
    await writeFile(path, bytes);
    return failsAt(path);
  }

  async function changed(from: string, change: (place: string) => Promise<unknown>): Promise<string> {
    const path = join(estate.folder, `case-${(made += 1)}`);
    await cp(from, path, { recursive: true });
    await change(path);
    return failsAt(path);
  }

  test("whole ones are believed, and say the same in every form", async () => {
    const reports = await Promise.all(
      [archive, folder, packed].map((path) => inspectArtifact(path, { kind: "mongodb" })),
    );
    for (const { results } of reports) expect(results.filter((one) => one.result === "fail")).toEqual([]);
    const [first, ...others] = reports.map(
      ({ facts }) => (facts["dump"] as { collections: unknown }).collections,
    );
    for (const other of others) expect(other).toEqual(first);
    expect(await readFormat(archive, "mongodb")).toMatchObject({ payload: "mongo-archive" });
    expect(await readFormat(folder, "mongodb")).toMatchObject({ payload: "mongo-directory" });
  });

  test("an archive cut anywhere is red, at the edge of a block too", async () => {
    const bytes = await readFile(archive);
    const cuts = [
      40,
      300,
      Math.floor(bytes.length / 2),
      bytes.length - 20,
      bytes.length - 4,
      bytes.length - 1,
    ];
    for (const cut of [...cuts, ...edges(bytes).slice(0, -1)])
      expect([cut, await fails(bytes.subarray(0, cut))]).toEqual([
        cut,
        expect.stringContaining("it was cut off: it ends at byte"),
      ]);
  });

  test("a changed byte inside a document is red and names the collection", async () => {
    const bytes = await readFile(archive);
    bytes.write("Ö", bytes.indexOf("c150@example.org"));
    expect(await fails(bytes)).toContain("vizora.customers: its checksum does not fit its documents");
  });

  test("an archive of a format that is not known is red", async () => {
    const bytes = await readFile(archive);
    bytes.write("0.2", bytes.indexOf("0.1"));
    expect(await fails(bytes)).toContain('its format is version "0.2"');
  });

  test("what is behind the end, twice the same, or of another kind is red", async () => {
    const bytes = await readFile(archive);
    expect(await fails(Buffer.concat([bytes, Buffer.from("junk")]))).toContain("it is damaged near byte");
    expect(await fails(Buffer.concat([bytes, bytes]))).toContain("it is damaged near byte");
    expect(await fails("")).toContain("there is nothing in it");
    expect(await fails("<html><body>502 Bad Gateway</body></html>")).toContain("an HTML page");
    expect(await fails("SELECT 1;")).toContain("not an archive of mongodump");
    expect(await fails(gzipSync(bytes).subarray(0, 900), "cut.gz")).toContain("the file was cut off");
    expect(await fails(await readFile(join(folder, "vizora", "orders.bson")))).toContain(
      "not an archive of mongodump",
    );
  });

  test("a name that promises another packing is only remarked", async () => {
    const report = await inspectArtifact(archive, { kind: "mongodb" });
    const path = join(estate.folder, "plain-named.archive.gz");
    await cp(archive, path);
    const named = await inspectArtifact(path, { kind: "mongodb" });
    expect(named.facts).toEqual(report.facts);
    expect(named.results[0]).toMatchObject({
      result: "pass",
      why: expect.stringContaining("the bytes are believed"),
    });
  });

  test("a folder with a cut, changed, missing or odd member is red and names it", async () => {
    expect(await changed(folder, (place) => truncate(orders(place), 5000))).toMatch(
      /orders\.bson.*it was cut off/,
    );
    expect(await changed(folder, (place) => unlink(orders(place)))).toContain("orders has no .bson");
    expect(await changed(folder, (place) => unlink(join(place, "vizora", "orders.metadata.json")))).toContain(
      "orders has no .metadata.json: its indexes and options are missing",
    );
    expect(
      await changed(folder, (place) => writeFile(join(place, "vizora", "orders.metadata.json"), "{")),
    ).toContain("the .metadata.json of orders is not what mongodump writes");
    expect(
      await changed(folder, async (place) => {
        const bytes = await readFile(orders(place));
        bytes.writeInt32LE(7, 0);
        await writeFile(orders(place), bytes);
      }),
    ).toMatch(/orders\.bson.*it is damaged at byte/);
    expect(await changed(packed, (place) => truncate(`${orders(place)}.gz`, 2000))).toMatch(
      /orders\.bson\.gz.*the file was cut off/,
    );
    expect(
      await changed(packed, async (place) => {
        await writeFile(orders(place), gunzipSync(await readFile(`${orders(place)}.gz`)));
        await unlink(`${orders(place)}.gz`);
      }),
    ).toContain("some files are packed and those of orders are not");
  });

  test("a folder that lost whole documents is red by the digest of its manifest only", async () => {
    const bytes = await readFile(orders(folder));
    const shorter = bytes.subarray(0, bytes.length - bytes.readInt32LE(0));
    const path = join(estate.folder, "shorter");
    await cp(folder, path, { recursive: true });
    let at = 0;
    while (at + bytes.readInt32LE(at) < shorter.length) at += bytes.readInt32LE(at);
    await truncate(orders(path), at);
    expect(await failsAt(path)).toBe("");
    const { artifact } = JSON.parse(await readFile(`${folder}.manifest.json`, "utf8"));
    const report = await inspectArtifact(path, { kind: "mongodb", expectSha256: artifact.sha256 });
    expect(report.results.filter((one) => one.result === "fail").map((one) => one.name)).toEqual([
      "sha256 against the manifest",
    ]);
  });

  test("an empty folder, or one of something else, is no backup", async () => {
    const path = join(estate.folder, "nothing");
    await mkdir(path);
    expect(await failsAt(path)).toContain("a folder without .bson files");
    await rm(path, { recursive: true });
  });
});
