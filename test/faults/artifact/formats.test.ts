import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Artifacts, openArtifacts, run } from "./artifacts.ts";

let made: Artifacts;

beforeAll(async () => {
  made = await openArtifacts();
});
afterAll(() => made.estate.stop());

const PROVEN = /content of public\.orders|checks +\d+ passed, 0 failed, 0 not checked/;

describe("with its manifest every format comes back and is proven to the last value", () => {
  test.each(["plain", "plain.gz", "custom", "directory", "tar"] as const)("%s", async (format) => {
    await made.restored(await made.estate.backup(format), PROVEN, /Verify against the manifest/);
  });
});

describe("without a manifest it comes back, and what could not be proven is said", () => {
  const unproven = [
    /Verify as far as possible/,
    /content: .*the backup has no manifest/,
    /0 failed,.* [1-9]\d* not checked/,
  ];

  test("plain, its rows compared with those in the dump", async () => {
    const ran = await made.restored(made.at("plain.sql"), ...unproven);
    expect(ran.stdout).not.toMatch(/not checked +Verify.*: rows/);
  });

  test("zstd", async () => {
    await run("zstd", ["-q", made.at("plain.sql"), "-o", made.at("plain.sql.zst")]);
    await made.restored(made.at("plain.sql.zst"), ...unproven);
  });

  test.each([["-Fc"], ["-Fd"], ["-Ft"]])("pg_dump %s", async (flag) => {
    await made.restored(await made.dump(`archive${flag}`, [flag]), ...unproven, /not checked.*rows: /);
  });

  test("custom inside gzip", async () => {
    const custom = await readFile(await made.dump("inner.dump", ["-Fc"]));
    await made.restored(await made.write("outer.dump.gz", gzipSync(custom)), ...unproven);
  });

  test("a custom archive that calls itself .sql.gz, a plain dump that calls itself .dump", async () => {
    const custom = await readFile(await made.dump("inner.dump", ["-Fc"]));
    await made.restored(await made.write("really-custom.sql.gz", custom), ...unproven);
    await made.restored(await made.write("really-plain.dump", made.plain), ...unproven);
    await made.restored(await made.write("really-gzip.sql", gzipSync(made.plain)), ...unproven);
  });

  test("a table that lost a row on its way is red, named, and not swapped in", async () => {
    const before = await made.estate.snapshot();
    await made.estate.server.createDatabase("triggered", "TEMPLATE shop");
    // Rows a dump holds and the server does not keep: what a restore looks like that lost some.
    await made.estate.server.psql(
      "triggered",
      `CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.id = 7 THEN NULL ELSE NEW END; END $$;
       CREATE TABLE lossy (id int); INSERT INTO lossy SELECT generate_series(1, 10);`,
    );
    const path = await made.dump("lossy.sql", [], "triggered");
    await made.estate.server.psql("postgres", 'DROP DATABASE "triggered"');
    const trigger =
      "CREATE TRIGGER t BEFORE INSERT ON public.lossy FOR EACH ROW EXECUTE FUNCTION public.lose();\n";
    const text = (await readFile(path, "utf8")).replace("COPY public.lossy", `${trigger}COPY public.lossy`);
    const ran = await made.restore(await made.write("lossy.sql", text));
    expect(ran.code, ran.stdout).toBe(24);
    expect(ran.stdout).toMatch(/rows of public\.lossy: expected 10, found 9/);
    expect(ran.stdout).toMatch(/shop is as it was: this run did not touch it/);
    const copy = /shop__restore_\w+/.exec(ran.stdout)?.[0] ?? "";
    await made.estate.server.psql("postgres", `DROP DATABASE "${copy}"`);
    expect(await made.estate.snapshot()).toEqual(before);
  });
});

describe("ways to write a dump", () => {
  test.each([
    ["--inserts", ["--inserts"]],
    ["--clean --if-exists", ["--clean", "--if-exists"]],
    ["--no-owner --no-privileges", ["--no-owner", "--no-privileges"]],
    ["--quote-all-identifiers --column-inserts", ["--quote-all-identifiers", "--column-inserts"]],
  ])("%s", async (name, flags) => {
    await made.restored(await made.dump(`way ${name}.sql`, flags));
  });

  test("large objects", async () => {
    await made.estate.server.createDatabase("blobs", "TEMPLATE shop");
    await made.estate.server.psql("blobs", "SELECT lo_from_bytea(4242, decode(repeat('ab', 100000), 'hex'))");
    const path = await made.dump("blobs.sql", [], "blobs");
    const ran = await made.restore(path, "blobs");
    expect(ran.code, ran.stdout).toBe(0);
    expect(ran.stdout).toMatch(/warning: fits into one transaction.*large objects/);
    expect(
      await made.estate.server.psql("blobs", "SELECT oid, length(lo_get(oid)) FROM pg_largeobject_metadata"),
    ).toBe("4242|100000");
    for (const name of Object.keys(await made.estate.snapshot()).filter((one) => one.startsWith("blobs")))
      await made.estate.server.psql("postgres", `DROP DATABASE "${name}"`);
  });
});

describe("a dialect this server or psql does not know is repaired, and that is said", () => {
  test("a setting of a newer server", async () => {
    const text = made.plain
      .toString()
      .replace("SET lock_timeout = 0;\n", "SET lock_timeout = 0;\nSET transaction_timeout = 0;\n");
    expect(text).toContain("transaction_timeout");
    const path = await made.write("newer.sql", text);
    const said = /left out when restored: "SET transaction_timeout = 0;" \(this server is older/;
    const ran = await made.restored(path, said);
    const report = /^report +(\S+)$/m.exec(ran.stdout)?.[1] ?? "";
    expect(await readFile(report, "utf8")).toMatch(/SET transaction\\?_timeout = 0;/);
    const plan = await made.estate.lifeboat(["plan", "shop", "lost", "--mode", "live", "--backup", path]);
    expect(plan.stdout).toMatch(said);
    await made.restored(await made.write("newer.sql.gz", gzipSync(text)), said);
  });

  test("the same line among the data stays", async () => {
    const trap = "SET transaction_timeout = 0;";
    await made.estate.server.createDatabase("trapped", "TEMPLATE shop");
    await made.estate.server.psql("trapped", `INSERT INTO notes VALUES ('${trap}', 1)`);
    const dump = (await readFile(await made.dump("trap.sql", [], "trapped"), "utf8")).replace(
      "SET lock_timeout = 0;\n",
      `SET lock_timeout = 0;\n${trap}\n`,
    );
    const ran = await made.restore(await made.write("trap.sql", dump), "trapped");
    expect(ran.code, ran.stdout).toBe(0);
    expect(
      await made.estate.server.psql("trapped", `SELECT count(*) FROM notes WHERE text = '${trap}'`),
    ).toBe("1");
    for (const name of Object.keys(await made.estate.snapshot()).filter((one) => one.startsWith("trapped")))
      await made.estate.server.psql("postgres", `DROP DATABASE "${name}"`);
  });

  test("\\restrict and \\unrestrict, which this psql knows", async () => {
    const text = made.plain.toString();
    const guarded = text.includes("\\restrict ")
      ? text
      : text.replace("\nSET ", "\n\\restrict abc\nSET ").replace(/\n$/, "\n\\unrestrict abc\n");
    await made.restored(await made.write("restricted.sql", guarded));
  });

  test("a byte order mark", async () => {
    await made.restored(await made.write("marked.sql", `\uFEFF${made.plain.toString()}`), /byte order mark/);
  });
});
