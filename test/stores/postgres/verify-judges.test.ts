import { expect, test } from "vitest";
import type { CheckResult, Judge } from "../../../src/step/check.ts";
import { judgeDumpRows, judgeSafetyCopy } from "../../../src/stores/postgres/more-judges.ts";
import {
  judgeIntegrity,
  judgeNamedTables,
  judgeShape,
  judgeTables,
} from "../../../src/stores/postgres/verify-judges.ts";

const ask = (judge: Judge, stdout: string, args: Parameters<Judge>[1], facts?: unknown): CheckResult[] =>
  judge({ stdout, stderr: "", exit: 0 }, args, () => facts);
const results = (found: CheckResult[]): string[] => found.map((one) => one.result);
const row = (table: string, rows: number, sum = "1"): string =>
  `${JSON.stringify({ table, rows: String(rows), sum, method: "m" })}\n`;
const wanted = { table: "public.t", rows: "3", sum: "1", method: "m" };

test("rows and content agree, or the table and the difference are named", () => {
  const args = { tables: [wanted], level: "content" };
  expect(results(ask(judgeTables, row("public.t", 3), args))).toEqual(["pass", "pass"]);
  expect(ask(judgeTables, row("public.t", 2), args)[0]).toMatchObject({
    result: "fail",
    why: "public.t: 1 row missing",
  });
  expect(results(ask(judgeTables, row("public.t", 3, "2"), args))).toEqual(["pass", "fail"]);
  expect(ask(judgeTables, "", args)[0]).toMatchObject({ result: "fail", found: "no such table" });
});

test("nothing to compare gives no result at all, which the engine turns red", () => {
  expect(ask(judgeTables, "", { tables: [], level: "content" })).toEqual([]);
  expect(ask(judgeShape, "[]", { shape: [] })).toEqual([]);
});

test("what is not the answer of the query is an error, never agreement", () => {
  expect(() => ask(judgeShape, "", { shape: [] })).toThrow();
  expect(() => ask(judgeTables, '{"table":"public.t"}', { tables: [wanted], level: "counts" })).toThrow();
});

const behind = { problem: "sequence behind", name: "public.s", detail: "last value 1, highest t.id 9" };
const looked = `${JSON.stringify({ looked: 4 })}\n`;

test("an integrity query that looked at nothing is red, also when its answer was cut off", () => {
  expect(results(ask(judgeIntegrity, "", { known: [] }))).toEqual(["fail"]);
  expect(results(ask(judgeIntegrity, '{"looked": 0}', { known: [] }))).toEqual(["fail"]);
  expect(results(ask(judgeIntegrity, looked, { known: [] }))).toEqual(["pass"]);
});

test("a problem the original had is a warning, the same problem made worse is a failure", () => {
  const found = `${JSON.stringify(behind)}\n${looked}`;
  expect(results(ask(judgeIntegrity, found, { known: [] }))).toEqual(["fail"]);
  expect(results(ask(judgeIntegrity, found, { known: [behind] }))).toEqual(["warning", "pass"]);
  expect(
    results(ask(judgeIntegrity, found, { known: [{ ...behind, detail: "last value 5, highest t.id 9" }] })),
  ).toEqual(["fail"]);
});

test("tables a runbook names have to be there and hold rows", () => {
  const found = row("public.t", 3) + row("public.empty", 0) + row('public."Odd"', 1);
  expect(
    results(ask(judgeNamedTables, found, { tables: ["t", "public.t", "Odd", "empty", "gone"] })),
  ).toEqual(["pass", "pass", "pass", "fail", "fail"]);
});

test("a safety copy with fewer tables than the database, or without numbers, is refused", () => {
  expect(results(ask(judgeSafetyCopy, "4\n4\n", {}))).toEqual(["pass"]);
  expect(results(ask(judgeSafetyCopy, "0\n0\n", {}))).toEqual(["pass"]);
  for (const said of ["4\n3\n", "4\n", "", "x\ny\n"])
    expect(results(ask(judgeSafetyCopy, said, {}))).toEqual(["fail"]);
});

test("without a manifest the dump's own rows are compared, and the rest is not checked, never passed", () => {
  const facts = {
    copies: [
      { table: "public.t", rows: 3 },
      { table: "public.u", rows: 1 },
    ],
  };
  expect(
    results(ask(judgeDumpRows, row("public.t", 3) + row("public.u", 1), { artifactStep: "a" }, facts)),
  ).toEqual(["pass", "pass", "not checked", "not checked"]);
  expect(results(ask(judgeDumpRows, row("public.t", 3), { artifactStep: "a" }, facts))).toEqual([
    "pass",
    "fail",
    "not checked",
    "not checked",
  ]);
  expect(results(ask(judgeDumpRows, "", { artifactStep: "a" }, undefined))).toEqual([
    "fail",
    "not checked",
    "not checked",
    "not checked",
  ]);
});
