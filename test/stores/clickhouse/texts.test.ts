import { describe, expect, test } from "vitest";
import { contentSum } from "../../../src/stores/clickhouse/content-sum.ts";
import { createdAs, createFromFile } from "../../../src/stores/clickhouse/create-query.ts";
import { holdsRows, isReplicated, mayLoseRows } from "../../../src/stores/clickhouse/engines.ts";
import { isAtLeast } from "../../../src/stores/clickhouse/facts.ts";
import { ident, literal, tableName } from "../../../src/stores/clickhouse/identifiers.ts";
import { settingWords } from "../../../src/stores/clickhouse/settings.ts";
import { fileOf, schemaFileOf, tableOf } from "../../../src/stores/clickhouse/table-files.ts";

describe("names", () => {
  test("quotes and backslashes stay inside", () => {
    expect(ident("a`b\\c")).toBe("`a\\`b\\\\c`");
    expect(literal("it's \\")).toBe("'it\\'s \\\\'");
    expect(tableName("shop", "odd name")).toBe("shop.`odd name`");
  });

  test.each([
    ["heartbeats_20260115.native.gz", "device_heartbeats"],
    ["backups/heartbeats-2026-01-15T03-00-00.native.gz", "device_heartbeats"],
    ["impressions_20260115_030000.native", "content_impressions"],
    ["device_state.native.zst", "device_state"],
    ["a%2Fb%20c.native.gz", "a/b c"],
    ["%2Ehidden.native.gz", ".hidden"],
    ["20260115.native.gz", "20260115"],
    ["100%.native", "100%"],
  ])("the file %s holds the table %s", (file, table) => {
    const files = { heartbeats: "device_heartbeats", impressions: "content_impressions" };
    expect(tableOf(file, files)).toBe(table);
  });

  test("a name becomes a file and a table again", () => {
    for (const name of ["a/b", ".inner", "ü & x", "100%"])
      expect(tableOf(`${fileOf(name)}.native.gz`, {})).toBe(name);
    expect(schemaFileOf("x/a.native.gz")).toBe("x/a.sql");
  });
});

describe("CREATE under another name", () => {
  test.each([
    [
      "CREATE TABLE vizora.notes ( at DateTime) ENGINE = Log",
      "CREATE TABLE copy.notes ( at DateTime) ENGINE = Log",
    ],
    ["CREATE TABLE IF NOT EXISTS `my db`.`no.tes` (x UInt8)", "CREATE TABLE copy.notes (x UInt8)"],
    ["CREATE TABLE a.b UUID 'f0-0' (x UInt8)", "CREATE TABLE copy.notes (x UInt8)"],
    ["CREATE TABLE a.b\n(\n    `$&` String\n)", "CREATE TABLE copy.notes\n(\n    `$&` String\n)"],
  ])("%s", (create, copy) => {
    expect(createdAs(create, "copy", "notes")).toBe(copy);
  });

  test("what is no CREATE TABLE of a named database is not run", () => {
    for (const text of [
      "CREATE TABLE notes (x UInt8)",
      "DROP TABLE a.b",
      "ATTACH TABLE a.b",
      "CREATE VIEW a.b AS SELECT 1",
    ])
      expect(createdAs(text, "copy", "notes")).toBeUndefined();
    expect(createFromFile("/x/notes.sql", "copy", "notes")).toContain("does not begin with CREATE TABLE");
  });
});

describe("the sum over a table's content", () => {
  test("takes every value, and never becomes NULL", () => {
    const columns = [
      { name: "day", type: "Date" },
      { name: "n", type: "Nullable(UInt64)" },
      { name: "t", type: "Nullable(String)" },
      { name: "c", type: "Decimal(9, 2)" },
      { name: "a", type: "Array(Nullable(String))" },
      { name: "l", type: "LowCardinality(Nullable(String))" },
      { name: "e", type: "Array(Array(Enum8('a' = 1)))" },
    ];
    expect(contentSum(columns)).toBe(
      "sum(cityHash64(`day`, isNull(`n`), ifNull(`n`, 0), isNull(`t`), ifNull(toString(`t`), ''), toString(`c`), toString(`a`), isNull(`l`), ifNull(toString(`l`), ''), `e`))",
    );
  });
});

describe("engines", () => {
  test("only tables with rows of their own are backed up", () => {
    for (const engine of [
      "MergeTree",
      "ReplicatedReplacingMergeTree",
      "Log",
      "TinyLog",
      "StripeLog",
      "Memory",
    ])
      expect(holdsRows(engine, "x"), engine).toBe(true);
    for (const engine of [
      "View",
      "MaterializedView",
      "Distributed",
      "Merge",
      "Buffer",
      "Kafka",
      "Null",
      "Dictionary",
      "Set",
      "Join",
      "URL",
    ])
      expect(holdsRows(engine, "x"), engine).toBe(false);
    expect(holdsRows("MergeTree", ".inner.daily")).toBe(false);
    expect(holdsRows("MergeTree", ".inner_id.61f0c404-5cb3-11e7-907b-a6006ad3dba0")).toBe(false);
  });

  test("those whose merges remove rows, and replicated ones, are known", () => {
    for (const full of [
      "ReplacingMergeTree(v) ORDER BY x",
      "SummingMergeTree ORDER BY x",
      "MergeTree ORDER BY x TTL d + INTERVAL 1 DAY",
    ])
      expect(mayLoseRows(full), full).toBe(true);
    expect(mayLoseRows("MergeTree(day, (a, b), 8192)")).toBe(false);
    expect(isReplicated("ReplicatedMergeTree")).toBe(true);
  });
});

test("only settings that the server knows are sent to it", () => {
  expect(settingWords(["max_execution_time", "else"])).toEqual(["--max_execution_time", "0"]);
  expect(settingWords(["optimize_on_insert", "max_partitions_per_insert_block"])).toEqual([
    "--max_partitions_per_insert_block",
    "0",
    "--optimize_on_insert",
    "0",
  ]);
});

test("versions are compared as numbers", () => {
  expect(isAtLeast("22.8.1.2", 22, 8)).toBe(true);
  expect(isAtLeast("24.1.1", 22, 8)).toBe(true);
  expect(isAtLeast("22.10.1", 22, 8)).toBe(true);
  expect(isAtLeast("22.3.9", 22, 8)).toBe(false);
  expect(isAtLeast("18.16.1", 21, 1)).toBe(false);
});
