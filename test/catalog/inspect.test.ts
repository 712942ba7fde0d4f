import { randomBytes } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { constants, gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectArtifact } from "../../src/catalog/inspect.ts";
import { bad, type Dumps, makeDumps, only, run, sha } from "./dumps.ts";

let dumps: Dumps;
let plain: Buffer = Buffer.alloc(0);
const at = (name: string): string => dumps.at(name);
const inspected: Dumps["inspected"] = (...given) => dumps.inspected(...given);
const upTo: Dumps["upTo"] = (...given) => dumps.upTo(...given);

beforeAll(async () => {
  dumps = await makeDumps();
  plain = dumps.plain;
});
afterAll(() => dumps.remove());

describe("real dumps are found whole", () => {
  test.each(["plain.sql", "custom", "directory", "tar"])("%s", async (name) => {
    const report = await inspectArtifact(at(name));
    expect(bad(report)).toEqual([]);
    expect(report.results.find((one) => one.name === "sha256")).toMatchObject({ result: "not checked" });
    if (name === "plain.sql") return;
    expect(report.archive).toMatchObject({
      database: "plotzed",
      dumpedBy: expect.stringMatching(/^\d+\.\d+/),
    });
  });

  test("packed, in several members, and read in one go with the digest of stock sha256sum", async () => {
    const half = plain.length >> 1;
    const members = Buffer.concat([gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))]);
    for (const [bytes, format, name] of [
      [gzipSync(plain), "gzip", "a.gz"],
      [zstdCompressSync(plain), "zstd", "a.zst"],
      [members, "gzip", "b.gz"],
    ] as const) {
      const report = await inspected(bytes, name);
      expect(bad(report)).toEqual([]);
      expect(report).toMatchObject({ bytes: bytes.length, contentBytes: plain.length, sha256: sha(bytes) });
      expect(report.format).toEqual({ wrapper: format, payload: "plain" });
    }
    const found = (await inspectArtifact(at("b.gz"))).results.find(({ name }) => /unpacks/.test(name));
    expect(found?.why).toMatch(/2 packed parts/);
  });

  test("the rows counted are the rows of the database, roles and versions are read", async () => {
    const { plain: scan } = await inspectArtifact(at("plain.sql"));
    expect(scan?.copies.map(({ table, rows }) => [table, rows])).toEqual([
      ['public."Odd Table"', 1],
      ["public.nothing_in_it", 0],
      ["public.plots", 5000],
    ]);
    expect(scan).toMatchObject({ roles: ["App User", "postgres"], commands: [], unframeable: [] });
    expect(scan?.dumpedFrom).toBeDefined();
  });

  test("the digest of a directory is the one stock tools make", async () => {
    const script =
      "find -L . -maxdepth 1 -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum -- | sha256sum";
    await cp(at("directory"), at("odd dir"), { recursive: true });
    await writeFile(at("odd dir/-a 'b\"\n\\"), "x");
    for (const name of ["directory", "odd dir"]) {
      const { stdout } = await run("sh", ["-c", script], { cwd: at(name) });
      expect((await inspectArtifact(`${at(name)}/`)).sha256).toBe(stdout.slice(0, 64));
    }
  });
});

describe("a dump that was cut off says where and what that means", () => {
  test("in the middle of a row, in a good gzip", async () => {
    const whole = upTo("COPY public.plots");
    const cut = gzipSync(plain.subarray(0, whole.length + 60_000));
    expect(only(await inspected(cut))).toMatch(
      /cut off while writing table public\.plots: [\d,]+ rows of it are there, and one more.*cannot be restored/,
    );
  });

  test("behind a row", async () => {
    const text = upTo("COPY public.plots", 60_000);
    const edge = text.subarray(0, text.lastIndexOf("\n") + 1);
    expect(only(await inspected(edge))).toMatch(
      /public\.plots: [\d,]+ rows of it are there; what came after/,
    );
  });

  test("behind its data, before keys and indexes", async () => {
    const end = plain.lastIndexOf("\n\\.\n") + 4;
    expect(only(await inspected(gzipSync(plain.subarray(0, end))))).toMatch(
      /dump complete" is missing.*row counts look right, but every key, index and constraint is missing/,
    );
  });

  test("between its last statements, and inside one", async () => {
    expect(only(await inspected(upTo("ADD CONSTRAINT plots_pkey PRIMARY KEY (id);")))).toMatch(
      /stopped before its end/,
    );
    expect(only(await inspected(upTo("ADD CONSTRAINT plots")))).toMatch(
      /cut off in the statement that begins at line/,
    );
  });
});

describe("a packed file that is not as it was written", () => {
  test("cut", async () => {
    const packed = gzipSync(plain);
    const report = await inspected(packed.subarray(0, packed.length >> 1));
    expect(bad(report).map(({ name }) => name)).toEqual(["gzip unpacks to its end", "dump is complete"]);
    expect(bad(report)[0]?.why).toMatch(/cut off: it ends at byte [\d,]+ in the middle/);
    expect(report.sha256).toBe(sha(packed.subarray(0, packed.length >> 1)));
  });

  test("one byte changed", async () => {
    for (const packed of [
      gzipSync(plain),
      zstdCompressSync(plain, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
    ]) {
      packed.writeUInt8(packed.readUInt8(packed.length >> 1) ^ 1, packed.length >> 1);
      const report = await inspected(packed);
      expect(bad(report)[0]).toMatchObject({
        result: "fail",
        why: expect.stringMatching(/damaged/),
      });
      expect(report.sha256, "read to its end all the same").toBe(sha(packed));
    }
  });

  test("damaged at its start is read to its end all the same, for the digest", async () => {
    const first = gzipSync("-- a dump\n");
    first.writeUInt8(first.readUInt8(first.length - 6) ^ 1, first.length - 6);
    const bytes = Buffer.concat([first, randomBytes(24_000_000)]);
    const report = await inspected(bytes);
    expect(bad(report)[0]?.why).toMatch(/damaged near byte/);
    expect(report).toMatchObject({ bytes: bytes.length, sha256: sha(bytes) });
  });

  test("with junk behind its end", async () => {
    const report = await inspected(Buffer.concat([gzipSync(plain), Buffer.from("<html>login</html>")]));
    expect(only(report)).toMatch(/18 bytes behind the end/);
  });
});

test("what is scanned of a packed file is what gunzip gives", async () => {
  const report = await inspected(gzipSync(plain));
  expect(gunzipSync(await readFile(at("backup.sql.gz"))).equals(plain)).toBe(true);
  expect(report.plain).toEqual((await inspectArtifact(at("plain.sql"))).plain);
});
