import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { PlainScanner, previewPlain } from "../../src/catalog/scan-plain.ts";
import { PREAMBLE, scan } from "./scan.ts";

const TRAILER = String.raw`
--
-- PostgreSQL database dump complete
--

\unrestrict S3cretToken

`;
const DATA = [
  "CREATE TABLE public.plots (id integer, name text);",
  "ALTER TABLE public.plots OWNER TO plotzed;",
  "COPY public.plots (id, name) FROM stdin;",
  "1\t\\N",
  "\\N\t\\\\.",
  "3\t'; \\! echo",
  "\\.",
  "",
  'COPY public."Odd ""one""; x" FROM stdin;',
  "\\.",
  "",
  "ALTER TABLE ONLY public.plots ADD CONSTRAINT p PRIMARY KEY (id);",
  "",
].join("\n");

describe("a whole dump", () => {
  const text = PREAMBLE + DATA + TRAILER;
  const dump = scan(text);

  test("its data is counted, with its place", () => {
    expect(dump.copies).toEqual([
      { table: "public.plots", rows: 3, offset: text.indexOf("1\t\\N"), length: 25 },
      { table: 'public."Odd ""one""; x"', rows: 0, offset: expect.any(Number), length: 0 },
    ]);
    const [first] = dump.copies;
    const bytes = Buffer.from(text).subarray(first?.offset, (first?.offset ?? 0) + (first?.length ?? 0));
    expect(bytes.toString().split("\n")).toHaveLength(4);
    expect(dump.tables).toBe(1);
  });

  test("data ends behind the last block, and what follows is counted", () => {
    expect(text.slice(dump.dataEnd)).toMatch(/^\nALTER TABLE ONLY/);
    expect(dump.statementsAfterData).toBe(1);
  });

  test("its versions, encoding, trailer and roles are read", () => {
    expect(dump).toMatchObject({
      dumpedFrom: "17.2 (Debian 17.2-1)",
      dumpedBy: "17.6",
      encoding: "UTF8",
      trailer: text.indexOf("-- PostgreSQL database dump complete"),
      roles: ["plotzed"],
      unfinished: undefined,
      commands: [],
      unframeable: [],
    });
  });

  test("what older servers and psql refuse is listed with its line", () => {
    expect(dump.restrictToken).toBe("S3cretToken");
    const lines = text.split("\n");
    expect(dump.repairs.map(({ kind }) => kind)).toEqual(["restrict", "setting", "restrict"]);
    for (const { line, text: repaired } of dump.repairs) expect(lines[line - 1]).toBe(repaired);
    expect(dump.repairs[1]).toMatchObject({ since: "17", text: "SET transaction_timeout = 0;" });
  });
});

describe("a dump that was cut off", () => {
  const text = PREAMBLE + DATA + TRAILER;
  test.each([
    ["in the middle of a row", "3\t'; ", { kind: "copy", table: "public.plots", rows: 2, brokenRow: true }],
    ["behind a row", "3\t'; \\! echo\n", { kind: "copy", table: "public.plots", rows: 3, brokenRow: false }],
    ["behind a backslash", "3\t'; \\", { kind: "copy", table: "public.plots", rows: 2, brokenRow: true }],
    [
      "before the first row",
      "FROM stdin;\n",
      { kind: "copy", table: "public.plots", rows: 0, brokenRow: false },
    ],
    ["behind COPY itself", "FROM stdin;", { kind: "copy", table: "public.plots", rows: 0, brokenRow: false }],
    ["in a statement", "PRIMARY KEY", { kind: "statement", text: expect.stringMatching(/PRIMARY KEY$/) }],
  ])("%s", (_, upTo, expected) => {
    const dump = scan(text.slice(0, text.indexOf(upTo) + upTo.length));
    expect(dump.unfinished).toMatchObject(expected);
    expect(dump.trailer).toBeUndefined();
  });

  test("behind its data has all rows and no trailer", () => {
    const dump = scan(text.slice(0, text.indexOf("ALTER TABLE ONLY")));
    expect(dump).toMatchObject({ unfinished: undefined, trailer: undefined, statementsAfterData: 0 });
  });
});

test("statements that would break the one transaction of a restore are named", () => {
  const dump = scan(
    "BEGIN;\nSAVEPOINT a;\nROLLBACK TO a;\nCOMMIT;\nCREATE DATABASE x;\nCOPY t FROM PROGRAM 'id';\nCOPY t TO '/tmp/x';\n",
  );
  expect(dump.createsDatabase).toBe(true);
  expect(dump.unframeable.map(({ line, why }) => [line, why])).toEqual([
    [1, "own transaction"],
    [4, "own transaction"],
    [5, "outside a transaction"],
    [6, "reaches out"],
    [7, "reaches out"],
  ]);
});

test("every role a dump needs is found", () => {
  const dump = scan(`
    ALTER TABLE t OWNER TO "App User";
    ALTER FUNCTION public.f(a integer) OWNER TO fowner;
    GRANT SELECT ON TABLE "a TO b" TO Reader WITH GRANT OPTION;
    GRANT ALL ON SCHEMA public TO PUBLIC;
    GRANT USAGE ON TYPE x TO r1, "R 2" GRANTED BY r3;
    REVOKE ALL ON t FROM gone;
    ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT SELECT ON TABLES TO seer;
    CREATE POLICY p ON t FOR SELECT TO tenant USING ((a = 1));
    CREATE SCHEMA s AUTHORIZATION keeper;
    SET SESSION AUTHORIZATION 'actor';
    COMMENT ON TABLE t IS 'x OWNER TO nobody';`);
  expect(dump.roles).toEqual(
    [
      "App User",
      "R 2",
      "actor",
      "fowner",
      "gone",
      "keeper",
      "owner",
      "r1",
      "r3",
      "reader",
      "seer",
      "tenant",
    ].sort(),
  );
});

test("extensions, INSERT dumps, cluster dumps and a second dump behind the first are seen", () => {
  expect(scan('CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;').extensions).toEqual([
    "uuid-ossp",
  ]);
  const inserts = scan("INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (';');\nCREATE INDEX i ON t (a);\n");
  expect(inserts).toMatchObject({ inserts: 2, statementsAfterData: 1, copies: [] });
  expect(scan("-- PostgreSQL database cluster dump\n").wholeCluster).toBe(true);
  expect(scan(PREAMBLE + TRAILER + PREAMBLE + TRAILER).statementsAfterTrailer).toBe(4);
});

test("a byte order mark is a repair and does not hide the first line", () => {
  const dump = scan(`\uFEFF${PREAMBLE}`);
  expect(dump.repairs[0]).toMatchObject({ kind: "byte order mark", line: 1 });
  expect(dump.dumpedBy).toBe("17.6");
  expect(scan("\uFEFFCOPY t FROM stdin;\n1\n\\.\n").copies[0]?.offset).toBe(22);
});

describe("a preview", () => {
  let folder = "";
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("reads the start of a packed dump and nothing else", async () => {
    folder = await mkdtemp(join(tmpdir(), "lifeboat-preview-"));
    const rows = Array.from({ length: 100_000 }, (_, at) => `${at}\tx`).join("\n");
    const text = `${PREAMBLE}COPY public.t (a) FROM stdin;\n${rows}\n\\.\n${TRAILER}`;
    await writeFile(join(folder, "a.sql.gz"), gzipSync(text).subarray(0, -100));
    const preview = await previewPlain(join(folder, "a.sql.gz"));
    expect(preview).toMatchObject({
      bytes: 64 * 1024,
      dumpedFrom: "17.2 (Debian 17.2-1)",
      restrictToken: "S3cretToken",
    });
    expect(preview?.repairs).toHaveLength(2);
    await writeFile(join(folder, "b"), "PGDMP");
    expect(await previewPlain(join(folder, "b"))).toBeUndefined();
  });
});

test("200 MB of data are read faster than 200 MB/s", () => {
  const row = `12345\t\\N\tsome text of a believable length\t2026-11-20 02:00:00\t{"more": 1}\n`;
  const chunk = Buffer.from(row.repeat(4000));
  const scanner = new PlainScanner();
  scanner.push(Buffer.from("COPY public.t (a) FROM stdin;\n"));
  const began = performance.now();
  const chunks = Math.ceil(200e6 / chunk.length);
  for (let at = 0; at < chunks; at += 1) scanner.push(chunk);
  const rate = (chunks * chunk.length) / 1e3 / (performance.now() - began);
  expect(scanner.end().unfinished).toMatchObject({ rows: chunks * 4000 });
  expect(rate, `${rate.toFixed(0)} MB/s`).toBeGreaterThan(200);
});
