import { expect, test } from "vitest";
import {
  dbnameArgument,
  doBlock,
  ident,
  literal,
  nameWith,
} from "../../../src/stores/postgres/identifiers.ts";
import { restoreNames } from "../../../src/stores/postgres/names.ts";

test("a quote in a name does not end the identifier", () => {
  expect(ident('a"; DROP DATABASE x; --')).toBe('"a""; DROP DATABASE x; --"');
});

test("a quote or backslash in a text does not end the literal, whatever standard_conforming_strings says", () => {
  expect(literal("it's")).toBe("'it''s'");
  expect(literal("a\\'b")).toBe(" E'a\\\\''b'");
});

test("nothing in the body of a DO block closes it", () => {
  const block = doBlock("SELECT '$lifeboat$ $lifeboat_$'");
  const tag = /^DO (\$\w*\$)\n/.exec(block)?.[1] ?? "";
  expect(block.split(tag)).toHaveLength(3);
  expect(block.endsWith(`\n${tag};`)).toBe(true);
});

test.each(["host=evil", "postgresql://evil/x", "a b", "it's", "--help", "-x", "", "größe"])(
  "libpq cannot take the name %j for a connection string or an option",
  (name) => {
    const argument = dbnameArgument(name);
    expect(argument).toMatch(/^dbname='.*'$/s);
  },
);

test("an ordinary name is passed as it is, so that the command can be read", () => {
  expect(dbnameArgument("shop_2.old-1")).toBe("shop_2.old-1");
});

test("a long name is cut between characters, to what the server takes", () => {
  for (const base of ["x".repeat(63), "é".repeat(31), "🚢".repeat(15)]) {
    const name = nameWith(base, "__before_1120_110203_k3f9");
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
    expect(Buffer.from(name).toString()).toBe(name);
    expect(name).not.toContain("\uFFFD");
    expect(name.endsWith("__before_1120_110203_k3f9")).toBe(true);
  }
});

test("two long names that differ only at their ends do not share a copy", () => {
  const [one, two] = ["1", "2"].map((end) =>
    restoreNames(`tenant_${"x".repeat(55)}${end}`, "1120_110203_k3f9", false),
  );
  expect(one?.copy).not.toBe(two?.copy);
  expect(one?.kept).not.toBe(two?.kept);
});

test("a drill's copy, a copy and what is kept never have one name", () => {
  const tag = "1120_110203_k3f9";
  const [live, drill] = [restoreNames("shop", tag, false), restoreNames("shop", tag, true)];
  expect(new Set([live.live, live.copy, live.kept, drill.copy]).size).toBe(4);
  expect(live.kept).toBe("shop__before_1120_110203_k3f9");
});
