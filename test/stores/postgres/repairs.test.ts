import { expect, test } from "vitest";
import { knowsRestrict, preambleRepairs } from "../../../src/stores/postgres/repairs.ts";

const DUMP = `--
-- PostgreSQL database dump
--

\\restrict aBc123

-- Dumped from database version 17.6
SET statement_timeout = 0;
SET transaction_timeout = 0;
SET default_table_access_method = heap;

CREATE TABLE public.t (line text);

COPY public.t (line) FROM stdin;
SET transaction_timeout = 0;
\\.

SET default_toast_compression = 'pglz';
`;
const lineOf = (text: string): number => DUMP.split("\n").indexOf(text) + 1;

test("a setting that is newer than the server is dropped by its line, and said", () => {
  const repairs = preambleRepairs(DUMP, "psql (PostgreSQL) 17.6", 150_018, 0);
  expect(repairs).toEqual([
    {
      expression: `${lineOf("SET transaction_timeout = 0;")}d`,
      drops: expect.stringContaining("SET transaction_timeout = 0;"),
    },
  ]);
});

test("lines that were put in front are counted in", () => {
  const [repair] = preambleRepairs(DUMP, "psql (PostgreSQL) 17.6", 150_018, 1);
  expect(repair?.expression).toBe(`${lineOf("SET transaction_timeout = 0;") + 1}d`);
});

test("nothing after the preamble is touched: what looks like a setting may be data", () => {
  const all = preambleRepairs(DUMP, "psql (PostgreSQL) 9.6.24", 100_000, 0);
  const lines = all
    .map((repair) => Number.parseInt(repair.expression, 10))
    .filter((line) => !Number.isNaN(line));
  expect(Math.max(...lines)).toBeLessThan(lineOf("CREATE TABLE public.t (line text);"));
});

test("an older psql gets neither \\restrict nor the \\unrestrict that belongs to it", () => {
  const repairs = preambleRepairs(DUMP, "psql (PostgreSQL) 15.13", 170_006, 0);
  expect(repairs.map((repair) => repair.expression)).toEqual([
    `${lineOf("\\restrict aBc123")}d`,
    "/^\\\\unrestrict aBc123$/d",
  ]);
});

test("a server that was not asked changes nothing", () => {
  expect(preambleRepairs(DUMP, "psql (PostgreSQL) 17.6", undefined, 0)).toEqual([]);
});

test.each([
  ["psql (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", true],
  ["psql (PostgreSQL) 15.13", false],
  ["psql (PostgreSQL) 13.22", true],
  ["psql (PostgreSQL) 12.22", false],
  ["psql (PostgreSQL) 17.5", false],
  ["psql (PostgreSQL) 18.0", true],
  ["", false],
])("whether %j knows \\restrict: %s", (version, knows) => {
  expect(knowsRestrict(version)).toBe(knows);
});
