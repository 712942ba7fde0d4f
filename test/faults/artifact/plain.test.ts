import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Artifacts, openArtifacts, run } from "./artifacts.ts";

let made: Artifacts;
let [plain, packed]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
/** Backups with manifest. */
let [withManifest, packedWithManifest] = ["", ""];

beforeAll(async () => {
  made = await openArtifacts();
  withManifest = await made.estate.backup("plain");
  packedWithManifest = await made.estate.backup("plain.gz");
  plain = await readFile(withManifest);
  packed = await readFile(packedWithManifest);
});
afterAll(() => made.estate.stop());

/** Everything up to and with a text, and `more` bytes of what follows. */
function upTo(text: string, more = 0): Buffer {
  const at = plain.indexOf(text);
  if (at < 0) throw new Error(`no ${text} in the dump`);
  return plain.subarray(0, at + text.length + more);
}

const inserted = (line: string): string =>
  plain.toString("latin1").replace("\nCREATE TABLE", `\n${line}\nCREATE TABLE`);

describe("a dump that was cut is refused, whatever is left of it", () => {
  const cuts: [string, () => Buffer, RegExp][] = [
    [
      "in the middle of a row",
      () => upTo("FROM stdin;\n", 5000),
      /cut off while writing table .*, and one more that is cut/,
    ],
    [
      "between two rows",
      () => {
        const cut = upTo("FROM stdin;\n", 5000);
        return cut.subarray(0, cut.lastIndexOf("\n") + 1);
      },
      /cut off while writing table .* rows of it are there; what came after/,
    ],
    [
      "behind the data, before the keys",
      () => plain.subarray(0, plain.lastIndexOf("\n\\.\n") + 4),
      /row counts look right, but every key, index and constraint is missing/,
    ],
    [
      "in the last lines",
      () => upTo("ADD CONSTRAINT orders_customer_id_fkey"),
      /cut off in the statement|pg_dump was stopped before its end/,
    ],
  ];
  test.each(cuts)("%s", async (_, cut, why) => {
    await made.refused(await made.write("cut.sql", cut()), why, /cut\.sql/, /no manifest/);
    await made.refused(await made.write("cut.sql.gz", gzipSync(cut())), why, /cut\.sql\.gz/);
    const digest = /sha256 against the manifest.*at least one byte differs/;
    await made.refused(await made.write("cut2.sql", cut(), withManifest), why, digest);
    await made.refused(await made.write("cut2.sql.gz", gzipSync(cut()), packedWithManifest), why, digest);
  });

  test("a pg_dump that was killed in front of gzip leaves a gz that gzip finds good", async () => {
    const child = spawn(join(made.estate.server.programs.bin, "pg_dump"), ["shop"], {
      env: made.estate.server.env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [first]: unknown[] = await once(child.stdout, "data");
    child.kill("SIGKILL");
    const path = await made.write("killed.sql.gz", gzipSync(first instanceof Buffer ? first : ""));
    await run("gzip", ["-t", path]);
    await made.refused(path, /cut off|stopped before its end/);
  });
});

function flipped(): Buffer {
  const bytes = Buffer.from(packed);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
  return bytes;
}

describe("a packed dump that is damaged is refused", () => {
  test.each<[string, () => Buffer, RegExp]>([
    [
      "truncated",
      () => packed.subarray(0, packed.length / 2),
      /the file was cut off: it ends at byte [\d,]+/,
    ],
    ["its last byte missing", () => packed.subarray(0, -1), /the file was cut off/],
    ["one bit flipped", flipped, /the file is damaged near byte/],
    [
      "something appended",
      () => Buffer.concat([packed, Buffer.from("junk")]),
      /4 bytes behind the end of the packed data/,
    ],
  ])("%s", async (_, bytes, why) => {
    await made.refused(await made.write("bad.sql.gz", bytes()), why, /bad\.sql\.gz/);
  });

  test("members one after the other are one dump, as gunzip reads them", async () => {
    const half = Math.floor(plain.length / 2);
    const path = await made.write(
      "joined.sql.gz",
      Buffer.concat([gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))]),
    );
    await made.restored(path, /dump|RECOVERED/);
  });

  test("two dumps one after the other stop the restore before anything is swapped", async () => {
    const before = await made.estate.snapshot();
    const ran = await made.restore(await made.write("twice.sql.gz", Buffer.concat([packed, packed])));
    const said = ran.stdout + ran.stderr;
    expect(ran.code, said).toBe(20);
    expect(said).toMatch(/behind its end there is more .*a second dump/);
    expect(said).toMatch(/already exists/);
    expect(said).toMatch(/shop is as it was: this run did not touch it/);
    const {
      [Object.keys(await made.estate.snapshot()).find((name) => name.startsWith("shop__restore")) ?? ""]:
        left,
      ...rest
    } = await made.estate.snapshot();
    expect(rest).toEqual(before);
    expect(left?.tables).toEqual({});
    const copy = /shop__restore_\w+/.exec(said)?.[0] ?? "";
    expect(said).toMatch(/lifeboat undo/);
    await made.estate.server.psql("postgres", `DROP DATABASE "${copy}"`);
  });
});

describe("what is no dump is refused by what it is", () => {
  test.each<[string, string, Buffer | string, RegExp]>([
    ["0 bytes", "empty.dump", "", /nothing in it/],
    ["gzip of nothing", "empty.sql.gz", gzipSync(""), /nothing in it/],
    ["blank space only", "blank.sql", "\n\n\n", /nothing in it|white space/],
    ["a login page", "login.sql", "<!DOCTYPE html><html><body>Please log in", /web page/],
    ["a packed login page", "login.sql.gz", gzipSync("<html><body>502"), /web page/],
    ["an error of S3", "s3.dump", '<?xml version="1.0"?><Error><Code>AccessDenied</Code>', /web page|XML/],
    [
      "encrypted by gpg",
      "a.sql.gpg",
      Buffer.from("8c0d0409030224a0b1c2", "hex"),
      /encrypted.*decrypt it first/,
    ],
    [
      "encrypted by age",
      "a.sql.age",
      "age-encryption.org/v1\n-> X25519 abc\n",
      /encrypted.*decrypt it first/,
    ],
    ["packed by xz", "a.sql.xz", Buffer.from("fd377a585a000004", "hex"), /xz.*unpack it first/],
    ["the words of a failed pg_dump", "a.sql", "pg_dump: error: connection to server failed", /not SQL/],
  ])("%s", async (_, name, bytes, why) => {
    await made.refused(await made.write(name, bytes), why, new RegExp(name));
  });
});

describe("a dump that would do more than restore is refused, and nothing of it runs", () => {
  test.each([
    ["a program", "\\! touch $WITNESS", /psql would obey.*start programs/],
    ["a file", "\\i $WITNESS", /line [\d,]+: \\i /],
    [
      "a program behind \\copy",
      "\\copy public.customers from program 'touch $WITNESS'",
      /line [\d,]+: \\copy /,
    ],
    ["another database", "\\connect postgres", /connect to another database/],
    [
      "a program of the server",
      "COPY public.customers FROM PROGRAM 'touch $WITNESS';",
      /starts programs on the server/,
    ],
    ["an end of the transaction", "COMMIT;", /commits in the middle/],
    ["the removal of a database", 'DROP DATABASE "shop";', /belongs to the server and not to one database/],
  ])("%s", async (_, line, why) => {
    const witness = made.at("witness");
    const text = inserted(line.replace("$WITNESS", witness));
    await made.refused(await made.write("bad.sql", text), why);
    await expect(readFile(witness)).rejects.toThrow("ENOENT");
  });

  test("a dump made with --create, which connects by itself", async () => {
    const path = await made.dump("create.sql", ["--create"]);
    await made.refused(path, /\\connect shop/, /--create/);
  });

  test("a dump of the whole server", async () => {
    const { programs, env } = made.estate.server;
    await run(join(programs.bin, "pg_dumpall"), ["-f", made.at("all.sql")], { env });
    await made.refused(made.at("all.sql"), /dump of all databases of a server/);
  });

  test("the same lines inside of data and of a function's body are only text", async () => {
    expect(plain.toString()).toMatch(/^\\\\! touch 1\\n/m);
    expect(plain.toString()).toMatch(/^\\! touch \/tmp/m);
    await made.restored(withManifest, /0 failed, 0 not checked/);
  });
});

describe("a digest that does not agree is refused", () => {
  test("of the manifest, though the dump is whole", async () => {
    const text = plain.toString().replace("Customer 77\t", "Customer 78\t");
    await made.refused(
      await made.write("changed.sql", text, withManifest),
      /sha256 against the manifest.*expected [0-9a-f]{64}, found [0-9a-f]{64}/,
    );
  });

  test("of the .sha256 beside it", async () => {
    const path = await made.write("summed.sql.gz", packed);
    await writeFile(`${path}.sha256`, `${"0".repeat(64)}  summed.sql.gz\n`);
    await made.refused(path, /sha256 against the \.sha256 beside it/, /copy it again/);
    await run("sh", ["-c", 'cd "$1" && sha256sum summed.sql.gz > summed.sql.gz.sha256', "sh", made.at(".")]);
    await made.restored(path);
  });

  test("a manifest that cannot be read is said, not passed over", async () => {
    const path = await made.write("torn.sql", plain);
    await writeFile(`${path}.manifest.json`, '{"lifeboat": 1, "system"');
    await made.refused(path, /manifest beside the backup cannot be read/, /torn\.sql\.manifest\.json/);
    await writeFile(`${path}.manifest.json`, '{"lifeboat": 2}');
    await made.refused(path, /manifest beside the backup cannot be read/);
    await rm(`${path}.manifest.json`);
    await mkdir(`${path}.manifest.json`);
    await made.refused(path, /manifest beside the backup cannot be read/);
  });
});

test("the manifest's own packed dump is really packed", () => {
  expect(gunzipSync(packed).length).toBeGreaterThan(packed.length);
});
