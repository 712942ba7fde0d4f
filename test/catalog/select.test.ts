import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LifeboatError } from "../../src/base/errors.ts";
import { readCatalog, type Catalog } from "../../src/catalog/list.ts";
import { selectBackup } from "../../src/catalog/select.ts";

const now = new Date("2026-11-21T00:00:00Z");
const pattern = { path: "a-{timestamp}.sql", timezone: "utc" as const };
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-select-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function catalogOf(...names: string[]): Promise<Catalog> {
  for (const name of names) await writeFile(join(folder, name), "-- dump");
  return readCatalog("database", [pattern], folder, now);
}
const refusal = (catalog: Catalog, choice: string): Promise<LifeboatError> =>
  selectBackup(catalog, choice, now).then(
    (backup) => expect.unreachable(`chose ${backup.id}`),
    (error: LifeboatError) => error,
  );

test("latest is the newest of the past; one of the future is left out and named", async () => {
  const catalog = await catalogOf("a-20261119.sql", "a-20261120.sql", "a-20261122.sql");
  const chosen = await selectBackup(catalog, "latest", now);
  expect(chosen.id).toBe("a-20261120.sql");
  expect(chosen.remarks.join()).toMatch(/left out a-20261122\.sql.*future/);
});

test("latest refuses when every backup is of the future", async () => {
  const error = await refusal(await catalogOf("a-20261122.sql"), "latest");
  expect(error.exit).toBe(11);
  expect(error.facts.why).toContain("a-20261122.sql is of 2026-11-22");
});

test("a backup is found by id, by relative and by absolute path", async () => {
  const catalog = await catalogOf("a-20261119.sql", "a-20261120.sql");
  for (const choice of ["a-20261119.sql", "./a-20261119.sql", join(folder, "a-20261119.sql")])
    expect(await selectBackup(catalog, choice, now)).toEqual(catalog.backups[1]);
});

test("a backup of the future can be had by naming it", async () => {
  const catalog = await catalogOf("a-20261122.sql");
  expect((await selectBackup(catalog, "a-20261122.sql", now)).remarks.join()).toMatch(/future/);
});

test("before: takes the nearest earlier one and says which time it understood", async () => {
  const catalog = await catalogOf("a-20261119_020000.sql", "a-20261120_020000.sql");
  const after = await selectBackup(catalog, "before:2026-11-20T02:00:01Z", now);
  expect(after.id).toBe("a-20261120_020000.sql");
  const exact = await selectBackup(catalog, "before:2026-11-20T02:00:00Z", now);
  expect(exact.id).toBe("a-20261119_020000.sql");
  expect(exact.remarks.join()).toMatch(/a-20261120_020000\.sql may be from before it or from after/);
  const local = new Date(2026, 10, 20, 2, 0);
  const loose = await selectBackup(catalog, "before:2026-11-20 02:00", now);
  expect(loose.remarks.join()).toContain(local.toISOString());
});

test("before: a moment in the future does not take a backup of the future", async () => {
  const catalog = await catalogOf("a-20261120.sql", "a-20261122.sql");
  expect((await selectBackup(catalog, "before:2027-01-01", now)).id).toBe("a-20261120.sql");
});

test("before: nonsense is wrong usage, before: too early is a preflight refusal with what there is", async () => {
  const catalog = await catalogOf("a-20261120.sql");
  expect((await refusal(catalog, "before:yesterday")).exit).toBe(2);
  expect((await refusal(catalog, "before:2026-13-01")).exit).toBe(2);
  const early = await refusal(catalog, "before:2020-01-01");
  expect(early.exit).toBe(11);
  expect(early.facts.why).toContain("a-20261120.sql");
});

test("an unknown id is wrong usage and names the nearest", async () => {
  const catalog = await catalogOf("a-20261119.sql", "a-20261120.sql");
  const error = await refusal(catalog, "a-20261119.sq");
  expect(error.exit).toBe(2);
  expect(error.facts.next).toContain("did you mean a-20261119.sql?");
  expect((await refusal(catalog, "lattest")).facts.next).toContain("did you mean latest?");
});

test("a file outside the catalog is taken with the file's time, and that is said", async () => {
  const catalog = await catalogOf("a-20261120.sql");
  const path = join(folder, "-odd name.dump");
  await writeFile(path, "PGDMP");
  await writeFile(`${path}.manifest.json`, "{}");
  await utimes(path, new Date("2026-11-01T10:00:00Z"), new Date("2026-11-01T10:00:00Z"));
  const chosen = await selectBackup(catalog, "./-odd name.dump", now);
  expect(chosen).toMatchObject({
    id: "-odd name.dump",
    store: "database",
    path,
    bytes: 5,
    time: new Date("2026-11-01T10:00:00Z"),
    manifest: `${path}.manifest.json`,
  });
  expect(chosen.remarks.join()).toMatch(/outside the catalog/);
});

test("a path that is not there, or a plain folder, is refused with the reason", async () => {
  const catalog = await catalogOf("a-20261120.sql");
  expect((await refusal(catalog, "./none.sql")).facts.what).toMatch(/not there/);
  expect((await refusal(catalog, "daily/a-20261120.sql")).facts.next).toMatch(/mean a-20261120/);
  expect((await refusal(catalog, `${folder}/`)).facts.what).toMatch(/without toc\.dat/);
});

test("s3:// says what to do instead", async () => {
  const error = await refusal(await catalogOf(), "s3://bucket/a.sql");
  expect(error.exit).toBe(2);
  expect(error.facts.next).toMatch(/download/);
});

test("no backup at all says where was looked, with which patterns, and what could not be read", async () => {
  const catalog = await readCatalog(
    "database",
    [{ ...pattern, path: "none/a-{timestamp}.sql" }],
    folder,
    now,
  );
  for (const choice of ["latest", "a-20261120.sql"]) {
    const error = await refusal(catalog, choice);
    expect(error.exit).toBe(11);
    expect(error.facts.where).toContain("none/a-{timestamp}.sql");
    expect(error.facts.where).toContain(folder);
    expect(error.facts.why).toContain("does not exist");
  }
});

test("before: does not take what may be from after: a name tells a second, a minute or a day", async () => {
  const catalog = await catalogOf("a-20261119.sql", "a-20261120T0200.sql", "a-20261120_020109.sql");
  const at = async (time: string): Promise<string> => (await selectBackup(catalog, `before:${time}`, now)).id;
  expect(await at("2026-11-20T02:01:10Z")).toBe("a-20261120_020109.sql");
  expect(await at("2026-11-20T02:01:09.900Z")).toBe("a-20261120T0200.sql");
  expect(await at("2026-11-20T02:00:59Z")).toBe("a-20261119.sql");
  const early = await refusal(catalog, "before:2026-11-19T23:00:00Z");
  expect(early.facts.what).toContain("a-20261119.sql may be from before it or from after: name it to use it");
});
