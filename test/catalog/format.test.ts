import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { formatName } from "../../src/catalog/backup.ts";
import { readFormat } from "../../src/catalog/format.ts";

const run = promisify(execFile);
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-format-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function formatOf(bytes: string | Buffer, name = "backup.sql.gz"): ReturnType<typeof readFormat> {
  await writeFile(join(folder, name), bytes);
  return readFormat(join(folder, name));
}

const DUMP = `--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n`;

describe("the first bytes tell, whatever the name says", () => {
  test.each<[string, string | Buffer, string]>([
    ["plain SQL", DUMP, "plain"],
    ["plain SQL in gzip", gzipSync(DUMP), "plain.gz"],
    ["plain SQL in zstd", zstdCompressSync(DUMP), "plain.zst"],
    ["plain SQL with a BOM", `\uFEFF${DUMP}`, "plain"],
    ["plain SQL in Latin-1", Buffer.from("-- caf\u00e9\nSET x = 1;", "latin1"), "plain"],
    [
      "plain SQL in two gzip members, the first empty",
      Buffer.concat([gzipSync(""), gzipSync(DUMP)]),
      "plain.gz",
    ],
    ["plain SQL that begins with a newer psql's word", "\\restrict abc\nSET x = 1;", "plain"],
    ["plain SQL over 64 kB", gzipSync(DUMP + "INSERT INTO a VALUES (1);\n".repeat(50_000)), "plain.gz"],
    ["a gzip cut in its data", gzipSync(DUMP).subarray(0, -9), "plain.gz"],
    ["custom archive", "PGDMP\u0001\u000e\u0000", "custom"],
    ["custom archive in gzip", gzipSync("PGDMP\u0001\u000e\u0000"), "custom.gz"],
    ["empty", "", "empty"],
    ["white space", " \n\n", "empty"],
    ["gzip of nothing", gzipSync(""), "empty.gz"],
    ["zstd of nothing", zstdCompressSync(""), "empty.zst"],
    ["HTML", "\n<!DOCTYPE html><html><body>Please log in", "html"],
    ["HTML in gzip", gzipSync("<html><head>"), "html.gz"],
    ["S3 error", '<?xml version="1.0"?><Error><Code>AccessDenied', "html"],
    ["age", "age-encryption.org/v1\n-> X25519 abc", "encrypted"],
    ["armoured PGP", "-----BEGIN PGP MESSAGE-----\n\nhQ", "encrypted"],
    ["gpg, by password", Buffer.from("8c0d0409030224a0b1", "hex"), "encrypted"],
    ["gpg, by key", Buffer.from("85010c03a1b2c3d4e5f60718", "hex"), "encrypted"],
    ["gpg, newer packets", Buffer.from("c14c03a1b2c3d4e5f60718", "hex"), "encrypted"],
    ["openssl", "Salted__\u0001\u0002", "encrypted"],
  ])("%s", async (_, bytes, expected) => {
    expect(formatName(await formatOf(bytes))).toBe(expected);
  });
});

describe("what cannot be restored is named", () => {
  test.each<[string, string | Buffer, RegExp]>([
    ["UTF-16 with a mark", Buffer.from(`\uFEFF${DUMP}`, "utf16le"), /UTF-16/],
    ["UTF-16 without a mark", Buffer.from(DUMP, "utf16le"), /UTF-16/],
    ["UTF-16 big endian", Buffer.from(DUMP, "utf16le").swap16(), /UTF-16/],
    ["an error message", "pg_dump: error: connection refused", /begins with "pg_dump: error/],
    ["JSON", '{"a":1}', /not SQL/],
    ["binary", Buffer.from([1, 2, 3, 0, 5]), /binary/],
    ["xz", Buffer.from("fd377a585a000004", "hex"), /xz/],
    ["bzip2", "BZh91AY&SY", /bzip2/],
    ["gzip twice", gzipSync(gzipSync(DUMP)), /second time/],
    [
      "gzip cut in its header",
      gzipSync(DUMP).subarray(0, 8),
      /nothing in it can be unpacked.*ends in the middle/,
    ],
    ["a Redis snapshot", "REDIS0011\u0000", /Redis/],
  ])("%s", async (_, bytes, why) => {
    expect(await formatOf(bytes)).toMatchObject({ payload: "unknown", why: expect.stringMatching(why) });
  });
});

test("a tar archive of something else is not taken for pg_dump's", async () => {
  await writeFile(join(folder, "notes.txt"), "hello");
  await run("tar", ["-C", folder, "-cf", join(folder, "x.tar"), "notes.txt"]);
  expect(await readFormat(join(folder, "x.tar"))).toMatchObject({
    payload: "unknown",
    why: expect.stringMatching(/tar archive that begins with "notes.txt"/),
  });
  expect(await formatOf(gzipSync(await readFile(join(folder, "x.tar"))))).toMatchObject({ wrapper: "gzip" });
});

test("a folder counts by its toc.dat", async () => {
  await mkdir(join(folder, "dump"));
  expect(await readFormat(join(folder, "dump"))).toMatchObject({ payload: "unknown", why: /toc\.dat/ });
  await writeFile(join(folder, "dump/toc.dat"), "PGDMP");
  expect(formatName(await readFormat(join(folder, "dump")))).toBe("directory");
});

test("what cannot be read is refused with the reason", async () => {
  await symlink("loop", join(folder, "loop"));
  const error = { exit: 11, facts: { why: "its symbolic links lead in a circle" } };
  await expect(readFormat(join(folder, "loop"))).rejects.toMatchObject(error);
  await expect(readFormat(join(folder, "none"))).rejects.toMatchObject({
    facts: { why: "it does not exist" },
  });
});
