import { expect, test } from "vitest";
import type { Dumped } from "../../../src/catalog/mongodb/dumped.ts";
import { judgeCollections } from "../../../src/stores/mongodb/fits-judge.ts";
import type { MongoFacts } from "../../../src/stores/mongodb/facts.ts";
import { judgePreflight, judgeTool } from "../../../src/stores/mongodb/preflight.ts";
import { simulatedFacts } from "../../../src/stores/mongodb/simulated-facts.ts";
import { judgeContents } from "../../../src/stores/mongodb/verify-judges.ts";
import type { CheckResult, Evidence } from "../../../src/step/check.ts";

const ID = { name: "_id_", key: { _id: 1 } };
const SUM = "0".repeat(32);

function dumped(name: string, more: Partial<Dumped> = {}): Dumped {
  const base = {
    database: "vizora",
    name,
    type: "collection",
    documents: "3",
    sum: SUM,
    method: "sha256-lanes",
  };
  return { ...base, bytes: 99, options: {}, indexes: [ID], ...more };
}

const said = (stdout: string): Evidence => ({ stdout, stderr: "", exit: 0 });
const bad = (results: CheckResult[]): string[] =>
  results.filter(({ result }) => result === "fail").map(({ name, why }) => `${name}: ${why}`);

/** Real MongoDB 7 unless told otherwise. */
const facts = (more: Partial<MongoFacts> = {}): MongoFacts => ({ ...simulatedFacts("vizora"), ...more });
const there = (...names: string[]): MongoFacts["collections"] =>
  names.map((name) => ({ name, type: "collection", uuid: "11112222333344445555666677778888" }));

function fits(collections: Dumped[], server: MongoFacts, more: object = {}): CheckResult[] {
  const args = {
    artifactStep: "restore.artifact",
    database: "vizora",
    only: [],
    views: false,
    live: "vizora",
    suffix: "__restore_1120_070000_abcd",
    kept: "__before_1120_070000_abcd",
    aside: false,
    planned: ["totals"],
    ...more,
  };
  const known = { dump: { collections, tool: "", server: "" } };
  return judgeCollections(said(`a banner\n${JSON.stringify(server)}\n`), args, () => known);
}

test("collections newer than the backup are named, with what becomes of them", () => {
  const server = facts({ collections: there("a", "later", "a__before_1120_060000_zzzz", "system.views") });
  const [replaced, newer] = fits([dumped("a"), dumped("b")], server);
  expect(replaced).toMatchObject({ result: "pass", found: "a" });
  expect(newer).toMatchObject({
    result: "warning",
    found: "later",
    why: expect.stringContaining("stay as they are"),
  });
  expect(fits([dumped("a")], server, { aside: true })[1]?.why).toContain("moved aside");
  expect(fits([dumped("a")], server, { only: ["a"] }).some(({ found }) => found === "later")).toBe(false);
});

test("what cannot be put in place by renaming is refused before anything is touched, with the way out", () => {
  const server = facts({ collections: there("a") });
  expect(bad(fits([dumped("m", { type: "timeseries" })], server))).toEqual([
    expect.stringContaining("no time series: a server does not rename time series"),
  ]);
  expect(bad(fits([dumped("x".repeat(240))], server))[0]).toContain("a name would be too long");
  expect(bad(fits([dumped("fs.files")], server))).toEqual([]);
  expect(bad(fits([dumped("fs.files")], facts({ ferret: "v1.24.2" })))[0]).toContain(
    "FerretDB does not rename",
  );
  const view = facts({ collections: [{ name: "a", type: "view", uuid: "" }] });
  expect(bad(fits([dumped("a")], view))[0]).toContain("they are views now");
  expect(
    bad(fits([dumped("a")], facts({ collections: [{ name: "old", type: "collection", uuid: "" }] })))[0],
  ).toContain("no uuid");
  expect(bad(fits([dumped("m", { type: "timeseries" })], server, { suffix: "" }))).toEqual([]);
});

test("a view says how it is defined by hand, and one the plan did not know of stops the run", () => {
  const view = dumped("totals", { type: "view", options: { viewOn: "a", pipeline: [{ $match: { x: 1 } }] } });
  const results = fits([dumped("a"), view], facts());
  expect(results.find(({ name }) => name === "view totals")).toMatchObject({
    result: "warning",
    fix: 'as it was backed up: db.createView("totals", "a", [{"$match":{"x":1}}])',
  });
  expect(bad(fits([dumped("a"), { ...view, name: "other" }], facts()))[0]).toContain(
    "the plan did not know of them",
  );
});

test("a name the backup does not hold, and a backup of another database, are refused", () => {
  expect(bad(fits([dumped("a")], facts(), { only: ["a", "b"] }))).toEqual([
    "collections of the backup: the backup does not hold b",
  ]);
  expect(bad(fits([dumped("a")], facts(), { database: "x" }))[0]).toContain(
    "it holds no collection of the database x",
  );
});

test("a backup of one database that is restored as another is a warning: the URL may be the wrong one", () => {
  const server = facts({ collections: there("a") });
  const warned = (live: string): CheckResult[] =>
    fits([dumped("a")], server, { live }).filter(({ result }) => result === "warning");
  expect(warned("test")).toMatchObject([
    { name: "database of the backup", found: "vizora", expected: "test" },
  ]);
  expect(warned("vizora")).toEqual([]);
});

test("a backup of a newer server is a warning", () => {
  const known = { dump: { collections: [dumped("a")], tool: "", server: "8.0.1" } };
  const args = {
    artifactStep: "s",
    database: "vizora",
    only: [],
    views: true,
    live: "vizora",
    suffix: "",
    kept: "",
    aside: false,
    planned: [],
  };
  const [first] = judgeCollections(said(JSON.stringify(facts())), args, () => known);
  expect(first).toMatchObject({ name: "version", result: "warning" });
});

test("users and roles are always stated as not in the backup", () => {
  expect(fits([dumped("a")], facts()).at(-1)).toMatchObject({
    name: "users and roles",
    result: "not checked",
  });
});

const contents = (lines: object[], wanted: Dumped[], named: string[] = []): CheckResult[] =>
  judgeContents(
    said(lines.map((line) => JSON.stringify(line)).join("\n")),
    { artifactStep: "s", database: "vizora", only: [], views: false, named },
    () => ({ dump: { collections: wanted, tool: "", server: "" } }),
  );
const shape = (collection: string, more: object = {}): object => ({
  collection,
  type: "collection",
  options: {},
  indexes: [{ v: 2, ...ID }],
  ...more,
});
const rows = (table: string, n: number, sum = SUM): object => ({
  table,
  rows: String(n),
  sum,
  method: "sha256-lanes",
});

test("one document less, one changed value, an index that is another: each is red and named", () => {
  const wanted = [dumped("a"), dumped("b", { indexes: [ID, { name: "s_1", key: { s: 1 }, sparse: true }] })];
  const good = [
    shape("a"),
    rows("a", 3),
    shape("b", { indexes: [ID, { key: { s: 1 }, name: "s_1", sparse: true }] }),
    rows("b", 3),
  ];
  expect(bad(contents(good, wanted))).toEqual([]);
  const [a, aRows, b, bRows] = good;
  expect(bad(contents([a, rows("a", 2), b, bRows] as object[], wanted))[0]).toContain(
    "a: 1 document missing",
  );
  expect(bad(contents([a, rows("a", 3, "f".repeat(32)), b, bRows] as object[], wanted))[0]).toContain(
    "a: the number of documents is right, but at least one value is not",
  );
  const blind = shape("b", { indexes: [ID, { key: { s: 1 }, name: "s_1" }] });
  expect(bad(contents([a, aRows, blind, bRows] as object[], wanted))[0]).toContain("b.s_1");
  expect(bad(contents([a, aRows] as object[], wanted)).join()).toContain("b was not restored");
  expect(bad(contents([...good, shape("stray"), rows("stray", 1)], wanted)).join()).toContain("stray");
  expect(bad(contents(good, wanted, ["c"]))[0]).toContain("c was not restored");
  expect(bad(contents([], wanted)).length).toBeGreaterThan(0);
});

test("numbers and dates are the same however a program writes them; the order of an index's key is not", () => {
  const wanted = [
    dumped("a", {
      options: { capped: true, size: 100 },
      indexes: [
        ID,
        { name: "i", key: { x: 1, y: -1 }, partialFilterExpression: { at: { $gt: { $date: 86_400_000 } } } },
      ],
    }),
  ];
  const index = {
    v: { $numberInt: "2" },
    name: "i",
    key: { x: { $numberInt: "1" }, y: -1 },
    partialFilterExpression: { at: { $gt: { $date: "1970-01-02T00:00:00Z" } } },
  };
  const found = shape("a", { options: { size: { $numberLong: "100" }, capped: true }, indexes: [ID, index] });
  expect(bad(contents([found, rows("a", 3)], wanted))).toEqual([]);
  const turned = shape("a", {
    options: { capped: true, size: 100 },
    indexes: [ID, { ...index, key: { y: -1, x: 1 } }],
  });
  expect(bad(contents([turned, rows("a", 3)], wanted))[0]).toContain("a.i");
});

test("a time series is said not to be compared, and is never green", () => {
  const wanted = [dumped("a"), dumped("m", { type: "timeseries" })];
  const results = contents(
    [shape("a"), rows("a", 3), shape("m", { type: "timeseries", indexes: [] })],
    wanted,
  );
  expect(bad(results)).toEqual([]);
  expect(results.at(-1)).toMatchObject({ name: "time series m", result: "not checked" });
});

test("an artifact that was not read makes the verification red, never green", () => {
  const args = { artifactStep: "s", database: "vizora", only: [], views: false, named: [] };
  expect(bad(judgeContents(said(""), args, () => undefined))).toHaveLength(1);
});

const judged = (server: MongoFacts): CheckResult[] =>
  judgePreflight(said(JSON.stringify(server)), { database: "vizora", live: true }, () => undefined);
const tool = (stdout: string, name: string): string[] =>
  bad(judgeTool(said(stdout), { tool: name }, () => undefined));

test("a secondary is refused, an empty database and leftovers are told", () => {
  expect(bad(judged(facts({ writable: false })))[0]).toContain("it is a secondary");
  expect(judged(facts({ collections: [] })).find(({ name }) => name === "the live database")?.result).toBe(
    "warning",
  );
  const kept = there("a", "a__before_1120_060000_zzzz");
  expect(
    judged(facts({ collections: kept })).find(({ name }) => name === "leftovers of earlier runs")?.found,
  ).toBe("a__before_1120_060000_zzzz");
});

test("tools that are missing or too old to say how many documents failed are refused", () => {
  expect(tool("mongorestore version: 100.7.4\n", "mongorestore")).toEqual([]);
  expect(tool("mongorestore version: r4.0.28\n", "mongorestore")[0]).toContain("100.0 or newer is needed");
  expect(tool("1.10.6\n", "mongosh")[0]).toContain("2.0 or newer is needed");
  expect(tool("", "mongosh")[0]).toContain("not installed");
});
