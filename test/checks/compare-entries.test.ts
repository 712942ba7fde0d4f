import { expect, test } from "vitest";
import { differenceOf, type Entry } from "../../src/base/entries.ts";
import { compareEntries } from "../../src/checks/compare-entries.ts";

const words = { noun: "objects", wanted: "the manifest" };
const list = (more: Record<string, Partial<Entry>> = {}): Entry[] =>
  Object.entries({ "a/1.jpg": {}, "b c.txt": {}, "ü.bin": {}, ...more }).map(([name, entry]) => ({
    name,
    bytes: 10,
    sha256: `sum of ${name}`,
    ...entry,
  }));
const red = (wanted: Entry[], found: Entry[]) =>
  compareEntries(wanted, found, words)
    .filter(({ result }) => result === "fail")
    .map(({ name, why }) => `${name}; ${why}`);

test("equal lists pass and say how much was compared", () => {
  const results = compareEntries(list(), list(), words);
  expect(results.map(({ result }) => result)).toEqual(["pass", "pass", "pass", "pass"]);
  expect(results[0]).toMatchObject({ expected: "3, 30 B", found: "3, 30 B" });
});

test("a missing one is named", () => {
  expect(red(list(), list().slice(1))).toEqual([
    "objects: all of the manifest are there; 1 missing: a/1.jpg",
  ]);
});

test("one too many is named", () => {
  expect(red(list(), list({ extra: {} }))).toEqual([
    "objects: nothing besides; 1 not in the manifest: extra",
  ]);
});

test("another size is named, and its content not complained about a second time", () => {
  expect(red(list(), list({ "ü.bin": { bytes: 9, sha256: "x" } }))).toEqual([
    "objects: sizes; 1 of another size: ü.bin",
  ]);
});

test("one changed byte of the same size is named", () => {
  expect(red(list(), list({ "b c.txt": { sha256: "other" } }))).toEqual([
    "objects: content; 1 with other content: b c.txt",
  ]);
});

test("another mode or owner is named", () => {
  const wanted = list({ "a/1.jpg": { about: "0644 1000:1000" } });
  expect(red(wanted, list({ "a/1.jpg": { about: "0600 0:0" } }))).toEqual([
    "objects: type, mode, owner, link; 1 different: a/1.jpg",
  ]);
});

test("content nobody knows is not checked, never passed", () => {
  const bare = list().map(({ name, bytes }) => ({ name, bytes }));
  expect(compareEntries(list(), bare, words).at(-1)).toMatchObject({ result: "not checked" });
});

test("nothing against nothing gives no result at all, which is red", () => {
  expect(compareEntries([], [], words)).toEqual([]);
});

test("a name as often as it stands in the list: the second of two equal ones is missing", () => {
  const [first] = list();
  expect(differenceOf([...list(), ...(first ? [first] : [])], list()).missing).toEqual(["a/1.jpg"]);
});
