import { cp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Artifacts, openArtifacts, run } from "./artifacts.ts";

let made: Artifacts;
let [custom, folder] = ["", ""];

beforeAll(async () => {
  made = await openArtifacts();
  custom = await made.estate.backup("custom");
  folder = await made.estate.backup("directory");
});
afterAll(() => made.estate.stop());

/** A copy of the directory backup that may be spoilt, with its manifest beside it or without. */
async function spoilt(name: string, manifest: boolean): Promise<string> {
  await rm(made.at(name), { recursive: true, force: true });
  await cp(folder, made.at(name), { recursive: true });
  if (manifest) await cp(`${folder}.manifest.json`, `${made.at(name)}.manifest.json`);
  return made.at(name);
}

const members = async (path: string): Promise<string[]> =>
  (await readdir(path)).filter((name) => /^\d+\.dat/.test(name)).toSorted();

describe("a custom archive", () => {
  test.each([0.02, 0.2, 0.6, 0.99])("cut to %s of its length", async (part) => {
    const bytes = await readFile(custom);
    const cut = bytes.subarray(0, Math.floor(bytes.length * part));
    const { stdout } = await made.refused(
      await made.write("cut.dump", cut),
      /cut\.dump/,
      /could not read from input file|end of file|cut off|header/,
    );
    // What could not be read must not count as needing nothing.
    if (part < 0.25) expect(stdout).toMatch(/its table of contents could not be read/);
    await made.refused(await made.write("cut2.dump", cut, custom), /cut2\.dump: at least one byte differs/);
  });

  test("one byte of its packed data changed", async () => {
    const bytes = await readFile(custom);
    const at = Math.floor(bytes.length * 0.8);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x20, at);
    await made.refused(
      await made.write("flipped.dump", bytes),
      /flipped\.dump|could not uncompress|unexpected/,
    );
  });

  test("one byte of its unpacked data changed, which only a digest tells", async () => {
    const path = await made.dump("z0.dump", ["-Fc", "-Z0"]);
    await run("sh", ["-c", 'sha256sum "$1" > "$1.sha256"', "sh", path]);
    const bytes = await readFile(path);
    const at = bytes.indexOf("Customer 77\t");
    bytes.write("Customer 78", at);
    await writeFile(path, bytes);
    await made.refused(path, /sha256 against the \.sha256 beside it/, /at least one byte differs/);
    await cp(`${custom}.manifest.json`, `${path}.manifest.json`);
    await rm(`${path}.sha256`);
    await made.refused(path, /sha256 against the manifest/);
  });

  test("of a newer pg_dump: its version is told and what to install", async () => {
    const bytes = await readFile(custom);
    bytes.writeUInt8(99, 6);
    await made.refused(
      await made.write("newer.dump", bytes),
      /unsupported version \(1\.99\)/,
      /newer PostgreSQL client programs/,
      /newer\.dump/,
    );
  });

  test("packed by gzip and cut", async () => {
    const packed = gzipSync(await readFile(custom));
    await made.refused(
      await made.write("cut.dump.gz", packed.subarray(0, packed.length - 2000)),
      /the file was cut off/,
    );
  });
});

describe("a directory-format backup", () => {
  test.each([true, false])("a member missing (manifest: %s)", async (manifest) => {
    const path = await spoilt("holes", manifest);
    const [first = ""] = await members(path);
    await rm(join(path, first));
    await made.refused(
      path,
      new RegExp(`${first.replace(".gz", "")}.* is missing`),
      /the data of at least one table is not there/,
      /holes/,
    );
  });

  test("a member cut, a member empty", async () => {
    const path = await spoilt("short", false);
    const sized = await Promise.all(
      (await members(path)).map(async (name) => ({ name, bytes: (await readFile(join(path, name))).length })),
    );
    const largest = sized.toSorted((a, b) => b.bytes - a.bytes)[0];
    await truncate(join(path, largest?.name ?? ""), Math.floor((largest?.bytes ?? 0) / 2));
    await made.refused(path, /short|unexpected end of file|could not/);
    await truncate(join(path, largest?.name ?? ""), 0);
    await made.refused(path, new RegExp(`${largest?.name} is empty`));
  });

  test("its table of contents missing", async () => {
    const path = await spoilt("no-toc", true);
    await rm(join(path, "toc.dat"));
    await made.refused(path, /folder without toc\.dat/);
  });

  test("a member too many or of another backup, which the manifest's digest tells", async () => {
    const path = await spoilt("more", true);
    const [first = "", second = ""] = await members(path);
    await cp(join(path, first), join(path, second));
    await made.refused(path, /sha256 against the manifest/);
  });
});

describe("a tar archive", () => {
  // Of 10 and 50 % pg_restore 15 reads for ever; of 80 % it restores a part and exits with 0.
  test.each([0.1, 0.5, 0.8])("cut to %s of its length", async (part) => {
    const bytes = await readFile(await made.dump("whole.tar", ["-Ft"]));
    const path = await made.write("cut.tar", bytes.subarray(0, Math.floor(bytes.length * part)));
    await made.refused(path, /every member of .*cut\.tar can be read/, /the archive was cut off/);
  });

  test("packed: what to do is said", async () => {
    const bytes = await readFile(await made.dump("whole.tar", ["-Ft"]));
    await made.refused(
      await made.write("a.tar.gz", gzipSync(bytes)),
      /compressed tar archive/,
      /unpack it first/,
    );
  });

  test("of a folder, not of pg_dump", async () => {
    await run("tar", [
      "-cf",
      made.at("folder.tar"),
      "-C",
      join(folder, ".."),
      folder.slice(folder.lastIndexOf("/") + 1),
    ]);
    await made.refused(
      made.at("folder.tar"),
      /unpack it, the folder inside is the backup|not one of pg_dump/,
    );
  });
});

test("nothing was ever restored: no database is left beside the shop", async () => {
  const names = Object.keys(await made.estate.snapshot());
  expect(names.toSorted()).toEqual(["postgres", "shop"]);
});
