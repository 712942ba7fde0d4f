import { expect, test } from "vitest";
import { interpolate } from "../../src/runbook/interpolate.ts";

const env: Record<string, string> = { A: "one", EMPTY: "", QUOTED: 'x", evil: "y', DOLLAR: "${A}" };
const put = (text: string): unknown =>
  interpolate(
    { text },
    (name) => env[name],
    () => false,
  ).value;

test.each([
  ["${A}", "one"],
  ["<${A}${A}>", "<oneone>"],
  ["${B:-two}", "two"],
  ["${A:-two}", "one"],
  ["${EMPTY:-two}", "two"],
  ["[${EMPTY}]", "[]"],
  ["${B:-${A}/x}", "one/x"],
  ["${B:-}", ""],
  ["$${A}", "${A}"],
  ["${B:-$${A}}", "${A}"],
  ["$A {A} $ }", "$A {A} $ }"],
  ["${QUOTED}", 'x", evil: "y'],
  ["${DOLLAR}", "${A}"],
  ["${UNSET}", "${UNSET}"],
])("%s becomes %s", (text, expected) => {
  expect(put(text)).toEqual({ text: expected });
});

test("every use says where in the result its value stands", () => {
  const { value, uses } = interpolate(
    ["a${A}b${B:-${A}}c"],
    (name) => env[name],
    () => false,
  );
  expect(value).toEqual(["aonebonec"]);
  expect(uses.map(({ name, path, start, end }) => ({ name, path, start, end }))).toEqual([
    { name: "A", path: [0], start: 1, end: 4 },
    { name: "A", path: [0], start: 5, end: 8 },
    { name: "B", path: [0], start: 5, end: 8 },
  ]);
});

test("an unset variable in a default that is not taken is not missed", () => {
  const { uses } = interpolate(
    "${A:-${UNSET}}",
    (name) => env[name],
    () => false,
  );
  expect(uses.map((use) => use.name)).toEqual(["A"]);
});

test("keys and verbatim paths keep their text", () => {
  const { value } = interpolate(
    { "${A}": ["${A}", "${A}"] },
    (name) => env[name],
    (path) => path[1] === 1,
  );
  expect(value).toEqual({ "${A}": ["one", "${A}"] });
});

test.each(["${", "${A", "${1}", "${A-b}", "${A:-b", "${}"])("%s is a fault, not a guess", (text) => {
  const { faults } = interpolate(
    text,
    (name) => env[name],
    () => false,
  );
  expect(faults).toHaveLength(1);
  expect(faults[0]?.message).toContain("is not a variable");
});
