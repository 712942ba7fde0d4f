import { describe, expect, test } from "vitest";
import { looksNative, NativeReader } from "../../src/catalog/kinds/native-reader.ts";
import { layoutOf } from "../../src/catalog/kinds/native-types.ts";
import { payloadOf } from "../../src/catalog/magic.ts";

/** SELECT * … FORMAT Native of ClickHouse 18.16: one row of every composed type. */
const COMPOSED = Buffer.from(
  "CQEDbi5hDEFycmF5KFVJbnQ4KQEAAAAAAAAAAQNuLmINQXJyYXkoU3RyaW5nKQEAAAAAAAAAAXgBdBRUdXBsZShVSW50OCwgU3RyaW5nKQEBcQFlF0VudW04KCdhJyA9IDEsICdiJyA9IDIpAQFmDkZpeGVkU3RyaW5nKDMpYWJjAmFuF0FycmF5KE51bGxhYmxlKFN0cmluZykpAgAAAAAAAAAAAQFhAAFkDkRlY2ltYWwoMzgsIDUp8EkCAAAAAAAAAAAAAAAAAAJhZAtBcnJheShEYXRlKQEAAAAAAAAAVkcCZHQIRGF0ZVRpbWXw0gte",
  "base64",
);
/** Two rows with dictionaries: LowCardinality(String), of Nullable, and in an array. */
const DICTIONARIES = Buffer.from(
  "AwIBYRZMb3dDYXJkaW5hbGl0eShTdHJpbmcpAQAAAAAAAAAABgAAAAAAAAMAAAAAAAAAAAF4AXkCAAAAAAAAAAECAWIgTG93Q2FyZGluYWxpdHkoTnVsbGFibGUoU3RyaW5nKSkBAAAAAAAAAAAGAAAAAAAAAwAAAAAAAAAAAAF6AgAAAAAAAAAAAgFjHUFycmF5KExvd0NhcmRpbmFsaXR5KFN0cmluZykpAQAAAAAAAAACAAAAAAAAAAIAAAAAAAAAAAYAAAAAAAADAAAAAAAAAAABcQFyAgAAAAAAAAABAg==",
  "base64",
);

function read(bytes: Buffer, chunk = bytes.length) {
  const reader = new NativeReader();
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
  return reader.end();
}

describe("Native files of ClickHouse", () => {
  test.each([
    ["arrays, tuples, enums, NULLs, decimals", COMPOSED, 1, 9],
    ["dictionaries", DICTIONARIES, 2, 3],
  ])("%s are passed over to their end, however they are cut into chunks", (_what, bytes, rows, columns) => {
    for (const chunk of [1, 2, 3, 7, 64, bytes.length]) {
      const content = read(bytes, chunk);
      expect(content).toMatchObject({ rows, isCut: false });
      expect(content.columns).toHaveLength(columns);
    }
  });

  test("rows of several blocks are added up", () => {
    expect(read(Buffer.concat([COMPOSED, COMPOSED, COMPOSED]))).toMatchObject({ rows: 3, isCut: false });
  });

  test("a file that is cut anywhere inside a block is noticed", () => {
    for (let length = 1; length < COMPOSED.length; length += 1)
      expect(read(COMPOSED.subarray(0, length)), `cut at ${length}`).toMatchObject({ isCut: true });
  });

  test("a file that is cut between two blocks is not: the format has no end mark", () => {
    const two = Buffer.concat([COMPOSED, COMPOSED]);
    expect(read(two.subarray(0, COMPOSED.length))).toMatchObject({ rows: 1, isCut: false });
  });

  test("junk behind the last block is noticed", () => {
    expect(read(Buffer.concat([COMPOSED, Buffer.from("junk\n")]))).toMatchObject({ isCut: true });
  });

  test("values of a type that cannot be passed over are not counted, and it is said which", () => {
    const state = Buffer.from("\u0001\u0001\u0001u\u0020AggregateFunction(uniq, UInt64)xxxx");
    expect(read(state)).toMatchObject({
      rows: null,
      isCut: false,
      why: expect.stringContaining("AggregateFunction"),
    });
  });

  test("nothing else is taken for one", () => {
    const others = [
      "<html>",
      "CREATE TABLE x",
      "PGDMP\u0001\u000e",
      "REDIS0009",
      "\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008",
    ];
    for (const text of others) expect(looksNative(Buffer.from(text.padEnd(300)))).toBe(false);
    expect(looksNative(Buffer.alloc(0))).toBe(false);
    expect(looksNative(COMPOSED)).toBe(true);
    expect(payloadOf(COMPOSED).payload).toBe("unknown");
  });

  test.each([
    ["UInt8", 1],
    ["DateTime('Europe/Berlin')", 4],
    ["DateTime64(3, 'UTC')", 8],
    ["Decimal(9, 2)", 4],
    ["Decimal(18, 2)", 8],
    ["Decimal(38, 5)", 16],
    ["Decimal(76, 5)", 32],
    ["FixedString(17)", 17],
    ["Enum8('a)b' = 1, 'c' = 2)", 1],
    ["SimpleAggregateFunction(max, UInt32)", 4],
  ])("a value of %s takes %i bytes", (type, bytes) => {
    expect(layoutOf(type)).toEqual({ kind: "fixed", bytes });
  });

  test("a tuple with names, and a map", () => {
    const one = { kind: "fixed", bytes: 1 };
    expect(layoutOf("Tuple(a UInt8, `b c` String)")).toEqual({
      kind: "tuple",
      of: [one, { kind: "string" }],
    });
    expect(layoutOf("Map(String, UInt8)")).toEqual({
      kind: "array",
      of: { kind: "tuple", of: [{ kind: "string" }, one] },
    });
  });
});
