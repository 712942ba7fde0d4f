import { appendFileSync, rmSync } from "node:fs";
import { cp, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectArtifact } from "../../src/catalog/inspect.ts";
import { bad, type Dumps, makeDumps, only, run, sha } from "./dumps.ts";

let dumps: Dumps;
let plain: Buffer = Buffer.alloc(0);
const at = (name: string): string => dumps.at(name);
const inspected: Dumps["inspected"] = (...given) => dumps.inspected(...given);

beforeAll(async () => {
  dumps = await makeDumps();
  plain = dumps.plain;
});
afterAll(() => dumps.remove());

describe("what is no dump is refused by what it is", () => {
  test.each<[string, Buffer | string, RegExp]>([
    ["0 bytes", "", /nothing in it/],
    ["gzip of nothing", gzipSync(""), /nothing in it/],
    ["HTML", "<!DOCTYPE html><html>login", /HTML page/],
    ["a gpg message", Buffer.from("8c0d0409030224a0b1", "hex"), /encrypted by PGP/],
    ["UTF-16", Buffer.from("\uFEFF-- PostgreSQL database dump", "utf16le"), /UTF-16/],
    ["an error message", "pg_dump: error: out of memory\n", /not SQL/],
  ])("%s", async (_, bytes, why) => {
    const report = await inspected(bytes);
    expect(bad(report)[0]).toMatchObject({ name: "format", result: "fail", why: expect.stringMatching(why) });
    expect(bad(report)[0]?.fix).toBeTruthy();
  });

  test("a wrong extension is believed less than the bytes", async () => {
    const report = await inspected(await readFile(at("custom")), "grill_stats.sql.gz");
    expect(bad(report)).toEqual([]);
    expect(report.results[0]).toMatchObject({
      found: "custom",
      why: expect.stringMatching(/bytes are believed/),
    });
  });

  test("comments only, an empty database, a dump of a whole server", async () => {
    expect(bad(await inspected("-- nothing\n"))[0]?.why).toMatch(/no statement/);
    await dumps.server.createDatabase("hollow");
    await dumps.dump("hollow", "hollow.sql");
    expect(only(await inspectArtifact(at("hollow.sql")))).toMatch(/empty database/);
    await run(join(dumps.server.programs.bin, "pg_dumpall"), ["-f", at("all.sql")], {
      env: dumps.server.env,
    });
    const all = bad(await inspectArtifact(at("all.sql")));
    expect(all.map(({ why }) => why).join()).toMatch(/pg_dumpall/);
  });
});

describe("a dump that would do more than restore is refused", () => {
  test.each([
    ["\\! touch /tmp/x", /line \d+: \\! touch/],
    ["\\connect other", /connect other/],
    ["COPY public.plots FROM PROGRAM 'id';", /COPY public\.plots FROM PROGRAM/],
    ["COMMIT;", /COMMIT/],
    ["DROP DATABASE plotzed;", /DROP DATABASE/],
  ])("%s", async (line, found) => {
    const report = await inspected(plain.toString().replace("\nCREATE TABLE", `\n${line}\nCREATE TABLE`));
    expect(bad(report)).toMatchObject([{ result: "fail", found: expect.stringMatching(found) }]);
  });

  test("the BEGIN and COMMIT that pg_dump itself writes around large objects are only a warning", async () => {
    await dumps.server.createDatabase("blobs");
    await dumps.server.psql(
      "blobs",
      "CREATE TABLE t (a int); INSERT INTO t VALUES (1); SELECT lo_from_bytea(4242, 'abc')",
    );
    await dumps.dump("blobs", "blobs.sql");
    const report = await inspectArtifact(at("blobs.sql"));
    expect(bad(report)).toMatchObject([{ result: "warning", why: expect.stringMatching(/large objects/) }]);
    await dumps.dump("blobs", "blobs.dir", "-Fd");
    expect(bad(await inspectArtifact(at("blobs.dir")))).toEqual([]);
    for (const name of await readdir(at("blobs.dir")))
      if (name.startsWith("blob_")) await rm(at(`blobs.dir/${name}`));
    expect(only(await inspectArtifact(at("blobs.dir")))).toMatch(/blob_4242\.dat is missing/);
  });
});

describe("digests", () => {
  test("a changed byte in an uncompressed archive is found by the manifest's digest only", async () => {
    await dumps.dump("plotzed", "z0", "-Fc", "-Z0");
    const bytes = await readFile(at("z0"));
    const expectSha256 = sha(bytes);
    expect(bad(await inspectArtifact(at("z0"), { expectSha256 }))).toEqual([]);
    bytes.writeUInt8(bytes.readUInt8(bytes.indexOf(" plot 2")) ^ 1, bytes.indexOf(" plot 2"));
    await writeFile(at("z0"), bytes);
    expect(only(await inspectArtifact(at("z0"), { expectSha256 }))).toMatch(/at least one byte differs/);
    expect(bad(await inspectArtifact(at("z0")))).toEqual([]);
  });

  test("the .sha256 beside it is compared in every way it is written, and one that says nothing is said", async () => {
    const digest = sha(plain);
    const other = "0".repeat(64);
    for (const [text, result] of [
      [`${digest}  plain.sql\n`, "pass"],
      [`${other}  other.sql\n${digest} */srv/plain.sql\n`, "pass"],
      [`SHA256 (plain.sql) = ${digest}\n`, "pass"],
      [digest.toUpperCase(), "pass"],
      [`${other}  plain.sql\n`, "fail"],
      ["oops", "not checked"],
    ]) {
      await writeFile(at("plain.sql.sha256"), text ?? "");
      const report = await inspectArtifact(at("plain.sql"));
      const compared = report.results.find(({ name }) => name.includes(".sha256 beside"));
      expect(compared?.result, text).toBe(result);
    }
    await rm(at("plain.sql.sha256"));
  });
});

describe("nothing on the disk makes it crash", () => {
  test("a missing member of a directory is named", async () => {
    await cp(at("directory"), at("holes"), { recursive: true });
    const members = (await readdir(at("holes"))).filter((name) => /^\d+\.dat/.test(name));
    await rm(at(`holes/${members[0]}`));
    await truncate(at(`holes/${members[1]}`), 0);
    expect(only(await inspectArtifact(at("holes")))).toMatch(/\d+\.dat is missing, \d+\.dat\.gz is empty/);
  });

  test("an archive cut in its header is said to be cut", async () => {
    expect(only(await inspected((await readFile(at("custom"))).subarray(0, 40)))).toMatch(
      /cut off in its header/,
    );
  });

  test("a file that grows or vanishes while it is read is not trusted", async () => {
    await writeFile(at("grows"), plain);
    let once = true;
    const grow = (): void => void (once && appendFileSync(at("grows"), "-- more\n"), (once = false));
    expect(only(await inspectArtifact(at("grows"), { onProgress: grow }))).toMatch(/something writes to it/);
    const vanish = (): void => rmSync(at("grows"), { force: true });
    expect(only(await inspectArtifact(at("grows"), { onProgress: vanish }))).toMatch(/vanished/);
  });

  test("missing, unreadable, a loop, a folder that is no backup, a pipe", async () => {
    await symlink("loop", at("loop"));
    await run("mkfifo", [at("pipe")]);
    for (const [name, why] of [
      ["none", /does not exist/],
      ["loop", /circle/],
      [".", /folder without toc\.dat/],
      ["pipe", /neither a file nor a folder/],
    ] as const)
      expect(only(await inspectArtifact(at(name)))).toMatch(why);
  });

  test("names with spaces, quotes, newlines and a leading dash", async () => {
    for (const name of ["-rf", `it's "a"\nb`]) expect(bad(await inspected(plain, name))).toEqual([]);
  });

  test("being stopped is not taken for a bad backup", async () => {
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    await writeFile(at("big"), Buffer.concat(Array.from({ length: 30 }, () => plain)));
    const reading = inspectArtifact(at("big"), { signal: stop.signal, onProgress });
    await expect(reading).rejects.toMatchObject({ exit: 130 });
  });
});
