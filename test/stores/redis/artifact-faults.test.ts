import { copyFile, readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { REDIS_PROGRAMS } from "../../helpers/redis.ts";
import { openRedisEstate, type RedisEstate } from "../../helpers/redis-estate.ts";
import type { RedisSnapshot } from "../../helpers/redis-snapshot.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

const flipped = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf("token 5 of 0");
  copy.writeUInt8((copy[at] ?? 0) ^ 1, at);
  return copy;
};

vi.setConfig({ testTimeout: 240_000 });

suiteFor("Redis: bad backups are refused before anything is touched", REDIS_PROGRAMS, () => {
  let estate: RedisEstate;
  let before: RedisSnapshot;
  let good: Buffer;
  let path: string;

  beforeAll(async () => {
    estate = await openRedisEstate();
    path = await estate.backup("rdb");
    good = await readFile(path);
    await estate.server.cli("SET", "since the backup", "late");
    before = await estate.server.snapshot();
  });
  afterAll(() => estate?.stop());

  /** A file under a name of its own in a folder of its own, without manifest. */
  const write = async (name: string, bytes: Buffer): Promise<string> => {
    const file = join(estate.folder, `bad-${name}`);
    await writeFile(file, bytes);
    return file;
  };
  const untouched = async (): Promise<void> => {
    expect(await estate.server.snapshot()).toEqual(before);
    expect(await estate.server.cli("SET", "since the backup", "late")).toBe("OK");
  };

  test.each([
    [
      "cut in the middle",
      (b: Buffer) => b.subarray(0, b.length / 2),
      /the end mark of the RDB file is missing|cut off/,
    ],
    [
      "cut by one byte",
      (b: Buffer) => b.subarray(0, -1),
      /damaged or was cut off|end mark of the RDB file is missing/,
    ],
    ["one byte flipped", flipped, /Wrong RDB checksum|RDB CRC error|damaged/],
    [
      "of a newer Redis",
      (b: Buffer) => Buffer.concat([Buffer.from("REDIS0099"), b.subarray(9)]),
      /RDB version 99/,
    ],
    ["empty", () => Buffer.alloc(0), /there is nothing in it/],
    ["only its first bytes", (b: Buffer) => b.subarray(0, 9), /cut off|end mark/],
    ["an error page", () => Buffer.from("<!DOCTYPE html><html><body>403</body></html>"), /it is a web page/],
    [
      "a PostgreSQL dump",
      () => Buffer.from("--\n-- PostgreSQL database dump\n--\nSET x = 1;\n"),
      /this is not a Redis backup/,
    ],
    ["gzip cut", (b: Buffer) => gzipSync(b).subarray(0, -200), /cut|unexpected end/i],
    ["gzip of nothing", () => gzipSync(Buffer.alloc(0)), /there is nothing in it/],
    [
      "gzip with a flipped byte",
      (b: Buffer) => gzipSync(flipped(b)),
      /Wrong RDB checksum|RDB CRC error|damaged/,
    ],
    ["twice gzipped", (b: Buffer) => gzipSync(gzipSync(b)), /gzip, a second time/],
  ])("%s", async (name, change: (bytes: Buffer) => Buffer, says) => {
    const file = await write(name.replaceAll(" ", "-"), change(good));
    const ran = await estate.restore(["--backup", file]);
    expect(ran.code, ran.stdout + ran.stderr).toBe(11);
    expect(ran.stdout + ran.stderr).toMatch(says);
    await untouched();
  });

  test("the extension is of no account", async () => {
    const file = await write("named.sql", gzipSync(good));
    const ran = await estate.restore(["--drill", "--backup", file]);
    expect(ran.code, ran.stdout).toBe(0);
  });

  test("another file than the manifest was written for is refused by its digest", async () => {
    const file = join(estate.folder, "digest.rdb");
    await estate.server.cli("--rdb", file);
    await copyFile(`${path}.manifest.json`, `${file}.manifest.json`);
    const ran = await estate.restore(["--backup", file]);
    expect(ran.code, ran.stdout).toBe(11);
    expect(ran.stdout).toMatch(/sha256 against the manifest/);
    await untouched();
  });

  test("one changed value, one missing and one added key in the backup make the verification red, by name", async () => {
    // The manifest of the first backup beside a second one, digest and all: as if the load had gone wrong unseen.
    await estate.server.cli("SET", "session:5", "another token");
    await estate.server.cli("DEL", "rank:4");
    const file = join(estate.folder, "changed.rdb");
    await estate.server.cli("--rdb", file);
    const bytes = await readFile(file);
    const manifest = JSON.parse(await readFile(`${path}.manifest.json`, "utf8"));
    Object.assign(manifest.artifact, { sha256: sha256(bytes), bytes: bytes.length });
    await writeFile(`${file}.manifest.json`, JSON.stringify(manifest));
    const ran = await estate.restore(["--backup", file]);
    expect(ran.code, ran.stdout).toBe(24);
    expect(ran.stdout).toContain("session:5 (another value)");
    expect(ran.stdout).toContain("rank:4 (missing)");
    expect(ran.stdout).toContain("since the backup (not in the backup)");
    expect(await estate.server.cli("GET", "session:5")).toBe("another token");
    const [run = ""] = await estate.runs();
    const undo = await estate.lifeboat(["undo", run, "--confirm", "queue"]);
    expect(undo.code, undo.stdout).toBe(0);
  });

  test("a backup of another system is refused, one of staging not as production's", async () => {
    const other = await write("other.rdb", good);
    const manifest = await readFile(`${path}.manifest.json`, "utf8");
    await writeFile(`${other}.manifest.json`, manifest.replace('"system": "shop"', '"system": "bank"'));
    const ran = await estate.restore(["--backup", other]);
    expect(ran.code).toBe(11);
    expect(ran.stdout + ran.stderr).toMatch(/this backup belongs to another system/);
  });

  test("what a gzip holds is what is restored: unpacked it is the snapshot itself", async () => {
    const packed = await estate.backup("rdb.gz");
    expect(
      gunzipSync(await readFile(packed))
        .subarray(0, 5)
        .toString(),
    ).toBe("REDIS");
  });
});
