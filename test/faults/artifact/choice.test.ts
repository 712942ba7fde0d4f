import { cp, mkdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SHOP_SYSTEM } from "../../helpers/estate.ts";
import { type Artifacts, openArtifacts, run } from "./artifacts.ts";

let made: Artifacts;
let backup = "";

beforeAll(async () => {
  made = await openArtifacts();
  backup = await made.estate.backup("custom");
});
afterAll(() => made.estate.stop());

/** The backup with another word in its manifest. */
async function saying(name: string, change: Record<string, string>): Promise<string> {
  await cp(backup, made.at(name));
  const manifest: unknown = JSON.parse(await readFile(`${backup}.manifest.json`, "utf8"));
  await writeFile(`${made.at(name)}.manifest.json`, JSON.stringify({ ...Object(manifest), ...change }));
  return made.at(name);
}

describe("a backup of something else", () => {
  test("of another system, of another store: refused, and whose it is", async () => {
    await made.refused(
      await saying("a.dump", { system: "plotzed" }),
      /belongs to another system\n +where: .*\/a\.dump\n/,
      /plotzed\/database/,
    );
    await made.refused(
      await saying("a.dump", { store: "archive" }),
      /belongs to another system/,
      /shop\/archive/,
    );
  });

  test("of staging, into production: refused, and what to do if it is meant", async () => {
    await made.estate.writeSystem(SHOP_SYSTEM.replace("environment: test", "environment: production"));
    const path = await saying("a.dump", { environment: "staging" });
    await made.refused(
      path,
      /a backup of staging, and shop is production/,
      /write "environment": "production" into .*a\.dump\.manifest\.json/,
    );
    await made.estate.writeSystem(SHOP_SYSTEM);
  });

  test("of production, into another environment: restored, and said before, in the plan and in the report", async () => {
    const said = /a\.dump is a backup of production, and this system is test/;
    const ran = await made.restored(await saying("a.dump", { environment: "production" }), said);
    expect(ran.stdout.indexOf("is a backup of production")).toBeLessThan(
      ran.stdout.indexOf("Create the copy"),
    );
    const report = /^report +(\S+)$/m.exec(ran.stdout)?.[1] ?? "";
    expect(await readFile(report, "utf8")).toMatch(/a backup of production/);
  });
});

test("an archive of another database, which has no manifest to tell: said loudly, since a name may change", async () => {
  const before = await made.estate.snapshot();
  await made.estate.clone("neighbour");
  const path = await made.dump("neighbour.dump", ["-Fc"], "neighbour");
  const ran = await made.restored(path, /warning: the archive is of this database: .*found neighbour/);
  expect(ran.stdout).toMatch(/make sure that it is the backup you mean/);
  await made.estate.server.psql("postgres", "DROP DATABASE neighbour");
  expect(await made.estate.snapshot()).toEqual(before);
});

test("a copy that bears the time of its copying: what is lost is counted from when its manifest says it was taken", async () => {
  const path = await saying("copied.dump", { takenAt: "2024-01-02T03:04:05Z" });
  const { stdout } = await made.lifeboat(["plan", "shop", "lost", "--mode", "live", "--backup", path]);
  expect(stdout).toContain("what was written after 2024-01-02 03:04:05 UTC");
  expect(stdout).not.toContain("its time is when the file was last changed");
});

describe("names", () => {
  test.each([
    ["spaces, quotes, a dollar, a leading dash", `-rf it's "$(touch witness)" \`x\`; # ü.sql`],
    ["a newline, an equals sign, a percent sign", "two\nlines host=evil %s.sql"],
  ])("%s: plain, packed and custom are restored, and nothing in the name is obeyed", async (_, name) => {
    await made.restored(await made.write(name, made.plain));
    await made.restored(await made.write(`${name}.gz`, gzipSync(made.plain)));
    await cp(backup, made.at(`${name}.dump`));
    await made.restored(made.at(`${name}.dump`));
    await expect(readFile(join(made.estate.folder, "witness"))).rejects.toThrow("ENOENT");
  });

  test("a tar archive and a folder with such a name", async () => {
    const name = `it's "odd"\n -x`;
    await made.restored(await made.dump(`${name}.tar`, ["-Ft"]));
    await made.restored(await made.dump(`${name}.dir`, ["-Fd"]));
  });
});

describe("what cannot be read as a backup is refused with the reason", () => {
  test("a link to nothing, a circle of links, a folder, a pipe", async () => {
    await symlink("nowhere", made.at("dangling.sql"));
    await symlink("loop.sql", made.at("loop.sql"));
    await mkdir(made.at("folder.sql"));
    await run("mkfifo", [made.at("pipe.sql")]);
    await made.refused(made.at("dangling.sql"), /dangling\.sql/, /symbolic link to nothing/);
    await made.refused(made.at("loop.sql"), /loop\.sql/, /circle/);
    await made.refused(made.at("folder.sql"), /folder\.sql/, /folder without toc\.dat/);
    await made.refused(made.at("pipe.sql"), /pipe\.sql/, /neither a file nor a folder/);
  });

  test("a link to a backup is followed", async () => {
    await symlink(backup, made.at("link.dump"));
    await made.restored(made.at("link.dump"));
  });

  test("a name nobody has is wrong usage, with the nearest", async () => {
    const before = await made.estate.snapshot();
    const ran = await made.restore("lates");
    expect(ran.code).toBe(11);
    expect(ran.stderr).toMatch(/no backup named lates/);
    expect((await made.restore("./none.sql")).code).toBe(2);
    expect(await made.estate.snapshot()).toEqual(before);
  });
});

/** A backup of the catalog. */
const place = (name: string): string => join(made.estate.backups, "daily", name);

describe("latest", () => {
  beforeAll(async () => {
    await mkdir(join(made.estate.backups, "daily"), { recursive: true });
    await cp(backup, place("shop-20240118-020000.dump"));
  });

  test("a newer one that cannot be read is said, not passed over in silence", async () => {
    await symlink("nowhere", place("shop-20240119-020000.dump"));
    await made.restored("latest", /left out .*shop-20240119-020000\.dump: .*symbolic link to nothing/);
    await rm(place("shop-20240119-020000.dump"));
  });

  test("a newer one that is bad is refused: nobody wants an older one by surprise", async () => {
    await writeFile(place("shop-20240119-020000.sql.gz"), gzipSync(made.plain.subarray(0, 20_000)));
    await utimes(place("shop-20240119-020000.sql.gz"), 0, 0);
    await made.refused("latest", /cut off while writing/, /shop-20240119-020000/);
    await writeFile(place("shop-20240119-020000.sql.gz"), "");
    await made.refused("latest", /nothing in it/);
  });
});
