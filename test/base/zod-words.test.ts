import { expect, test } from "vitest";
import { z } from "zod";
import { problemsInWords } from "../../src/base/zod-words.ts";

const schema = z.object({ a: z.object({ b: z.string() }), c: z.number(), d: z.number(), e: z.number() });
const wrong = (value: unknown): string => {
  const { error } = schema.safeParse(value);
  return error === undefined ? "" : problemsInWords(error);
};

test("names each place, on one line, and counts those it leaves out", () => {
  expect(wrong({ a: { b: 1 }, c: 1, d: 1, e: 1 })).toMatch(/^a\.b: Invalid input: expected string.*$/);
  expect(wrong({})).toMatch(/^a: .*; c: .*; d: .*; and 1 more$/);
  expect(wrong(3)).toMatch(/^Invalid input: expected object/);
});
