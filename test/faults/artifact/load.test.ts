import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readFormat } from "../../../src/catalog/format.ts";
import type { LaunchResult } from "../../../src/hosts/launcher.ts";
import { loadCommand } from "../../../src/stores/postgres/load.ts";
import { knowsRestrict, preambleRepairs } from "../../../src/stores/postgres/repairs.ts";
import { launch } from "../../helpers/postgres.ts";
import { type Artifacts, openArtifacts } from "./artifacts.ts";

/** The command that loads, on its own, as if nobody had looked at the backup before. */

let made: Artifacts;
let plain: Buffer = Buffer.alloc(0);
let databases = 0;
const TOKEN = "lifeboat-loaded-0123";

beforeAll(async () => {
  made = await openArtifacts();
  plain = made.plain;
});
afterAll(() => made.estate.stop());

interface Loaded extends LaunchResult {
  /** Its completion token came back on a line of its own. */
  done: boolean;
  /** Tables, sequences, types … that were committed. */
  objects: number;
  database: string;
}

/** Loads a file into a new, empty database. */
async function load(path: string, repairs: string[] = []): Promise<Loaded> {
  const { server } = made.estate;
  const database = `load_${(databases += 1)}`;
  await server.createDatabase(database);
  const connection = {
    kind: "postgres" as const,
    address: "the test's socket",
    subject: database,
    isLocal: true,
    reserved: [],
    server: server.socketDir,
    port: String(server.port),
    user: "postgres",
    database,
    maintenanceDatabase: "postgres",
    params: {},
    secretKey: undefined,
  };
  const client = { connection, applicationName: "lifeboat test" };
  const format = await readFormat(path);
  const command = loadCommand({
    client,
    database,
    path,
    format,
    jobs: 2,
    owners: "keep",
    repairs,
    token: TOKEN,
  });
  const ran = await launch(
    { ...command, env: { ...server.env, ...command.env } },
    { effect: "irreversible" },
  );
  const found = await server.psql(
    database,
    "SELECT (SELECT count(*) FROM pg_class WHERE oid >= 16384) + (SELECT count(*) FROM pg_type WHERE oid >= 16384)",
  );
  return { ...ran, done: ran.stdout.split("\n").includes(TOKEN), objects: Number(found), database };
}

function upTo(text: string, more = 0): Buffer {
  const at = plain.indexOf(text);
  expect(at, text).toBeGreaterThan(0);
  return plain.subarray(0, at + text.length + more);
}

function rowEdge(): Buffer {
  const cut = upTo("COPY public.orders", 9000);
  return cut.subarray(0, cut.lastIndexOf("\n") + 1);
}

describe("a dump that was cut commits nothing and never says its token", () => {
  test.each<[string, () => Buffer]>([
    ["in a statement of its beginning", () => upTo("CREATE TABLE public.customers", 20)],
    ["in the middle of a row", () => upTo("COPY public.orders", 9001)],
    ["between two rows", rowEdge],
    ["in a function's body", () => upTo("\nBEGIN\n")],
  ])("%s", async (_, cut) => {
    for (const [name, bytes] of [
      ["cut.sql", cut()],
      ["cut.sql.gz", gzipSync(cut())],
    ] as const) {
      const { done, objects } = await load(await made.write(name, bytes));
      expect({ name, done, objects }).toEqual({ name, done: false, objects: 0 });
    }
  });

  test("between the rows of a table of one text column, where COMMIT and the token are good rows", async () => {
    const text = "CREATE TABLE lines (text text);\nCOPY lines (text) FROM stdin;\none\ntwo\n";
    const { exit, done, objects } = await load(await made.write("lines.sql", text));
    expect({ exit, done, objects }).toEqual({ exit: 0, done: false, objects: 0 });
  });

  test("a gz cut, a gz with a changed byte: what gunzip gave before it stopped is not kept", async () => {
    const packed = gzipSync(plain);
    const flipped = Buffer.from(packed);
    flipped.writeUInt8(flipped.readUInt8(packed.length - 6) ^ 1, packed.length - 6);
    for (const [name, bytes] of [
      ["half.sql.gz", packed.subarray(0, packed.length / 2)],
      ["crc.sql.gz", flipped],
      ["tail.sql.gz", packed.subarray(0, -3)],
    ] as const) {
      const { done, objects } = await load(await made.write(name, bytes));
      expect({ name, done, objects }).toEqual({ name, done: false, objects: 0 });
    }
  });
});

test("an error in the middle commits nothing", async () => {
  const text = plain.toString().replace("\nCOPY public.orders", "\nSELECT 1/0;\nCOPY public.orders");
  const ran = await load(await made.write("error.sql", text));
  expect(ran).toMatchObject({ exit: 3, done: false, objects: 0 });
  expect(ran.stderr).toMatch(/division by zero/);
});

test("a dump that prints the token of another run has not said that it is done", async () => {
  const text = "SELECT 'lifeboat-loaded-9999';\nCREATE TABLE t (a int);\n\\q\n";
  expect(await load(await made.write("liar.sql", text))).toMatchObject({ done: false, objects: 0 });
});

test("a cut archive ends with an error", async () => {
  const bytes = await readFile(await made.dump("whole.dump", ["-Fc"]));
  const ran = await load(await made.write("cut.dump", bytes.subarray(0, Math.floor(bytes.length * 0.6))));
  expect(ran.exit).not.toBe(0);
});

/** As a newer pg_dump wrote it, with every line that looks like one to be dropped where it must stay. */
const foreign = (): string =>
  plain
    .toString()
    .replace(/^\\(un)?restrict .*\n/gm, "")
    .replace(
      "SET lock_timeout = 0;\n",
      "\\restrict Abc123\nSET lock_timeout = 0;\nSET transaction_timeout = 0;\n",
    )
    .replace("BEGIN\n  /*", "BEGIN\nSET transaction_timeout = 0;\n  /*")
    .replace(/\n*$/, "\n\n\\unrestrict Abc123\n\n");

describe("repairs of the preamble", () => {
  test("the very expressions, by sed on a real file, take these lines and no other", async () => {
    const text = foreign();
    const path = await made.write("foreign.sql", text);
    const repairs = preambleRepairs(text, "psql (PostgreSQL) 15.13", 150_018, 1);
    expect(repairs.map(({ drops }) => drops).filter((drops) => drops !== "")).toEqual([
      expect.stringMatching(/\\restrict/),
      expect.stringMatching(/transaction_timeout/),
    ]);
    const script = `{ echo 'BEGIN;'; cat "$1"; } | LC_ALL=C sed ${repairs.map(({ expression }) => `-e '${expression}'`).join(" ")}`;
    const left = execFileSync("sh", ["-c", script, "sh", path], { encoding: "utf8", maxBuffer: 1e8 });
    const wanted = text
      .replace("\\restrict Abc123\n", "")
      .replace("SET transaction_timeout = 0;\n", "")
      .replace("\\unrestrict Abc123\n", "");
    expect(left).toBe(`BEGIN;\n${wanted}`);
    expect(left).toMatch(/^SET transaction_timeout = 0;$/m);
  });

  test("and the repaired dump loads whole", async () => {
    const text = foreign();
    const repairs = preambleRepairs(text, "psql (PostgreSQL) 15.13", 150_018, 1).map(
      ({ expression }) => expression,
    );
    const loaded = await load(await made.write("foreign.sql", text), repairs);
    expect(loaded).toMatchObject({ exit: 0, done: true });
    expect(await made.estate.server.psql(loaded.database, "SELECT count(*) FROM items")).toBe("3600");
    const unrepaired = await load(await made.write("foreign.sql", text));
    expect(unrepaired).toMatchObject({ done: false, objects: 0 });
    expect(unrepaired.stderr).toMatch(/transaction_timeout/);
  });

  test("a byte order mark goes, and only it", async () => {
    const path = join(made.at("."), "bom.sql");
    await writeFile(path, `\uFEFF${plain.toString()}`);
    const head = (await readFile(path)).toString("utf8");
    const [mark] = preambleRepairs(head, "psql (PostgreSQL) 17.6", 150_018, 1);
    const script = `{ echo 'BEGIN;'; cat "$1"; } | LC_ALL=C sed -e '${mark?.expression}'`;
    const left = execFileSync("sh", ["-c", script, "sh", path], { maxBuffer: 1e8 });
    expect(left.equals(Buffer.concat([Buffer.from("BEGIN;\n"), plain]))).toBe(true);
  });

  test.each([
    ["psql (PostgreSQL) 15.13 (Debian)", false],
    ["psql (PostgreSQL) 15.14", true],
    ["psql (PostgreSQL) 14.18", false],
    ["psql (PostgreSQL) 17.6", true],
    ["psql (PostgreSQL) 18.0", true],
    ["psql (PostgreSQL) 12.22", false],
    ["", false],
  ])("%s knows \\restrict: %s", (version, knows) => {
    expect(knowsRestrict(version)).toBe(knows);
  });
});
