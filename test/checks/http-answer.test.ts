import { expect, test } from "vitest";
import { judgeAnswer } from "../../src/checks/http-answer.ts";
import { jsonDifferences } from "../../src/checks/json-subset.ts";
import type { HttpExpectation } from "../../src/runbook/http-schema.ts";

const judged = (status: string, body: string, expected: HttpExpectation) =>
  judgeAnswer(`HTTP ${status}\n\n${body}\n`, expected);
const bad = (...args: Parameters<typeof judged>) => judged(...args).filter(({ result }) => result !== "pass");

test("without a status any from 200 to 299 is right, and no other", () => {
  expect(bad("204 No Content", "", {})).toEqual([]);
  expect(bad("304 Not Modified", "", {})).toMatchObject([
    { expected: "200 to 299", found: "304 Not Modified" },
  ]);
  expect(bad("503 Service Unavailable", "", { status: [200, 503] })).toEqual([]);
});

test("a right body does not make up for a wrong status, nor the other way round", () => {
  const expected = { status: 200, json: { status: "ok" } };
  expect(bad("500 Oops", '{"status":"ok"}', expected)).toMatchObject([{ name: "status", found: "500 Oops" }]);
  expect(bad("200 OK", '{"status":"degraded"}', expected)).toMatchObject([
    { name: "json", found: 'status is "degraded", not "ok"' },
  ]);
});

test("every difference is counted, the others are told in the why, with what the body begins with", () => {
  const [json] = bad("200 OK", '{"db":"down","queue":{"depth":"9"}}', {
    json: { db: "up", queue: { depth: 9 }, version: null },
  });
  expect(json?.found).toBe('db is "down", not "up", and 2 more');
  expect(json?.why?.split("\n")).toEqual([
    'queue.depth is "9", not 9',
    "version is nothing, not null",
    'the body begins: {"db":"down","queue":{"depth":"9"}}',
  ]);
});

test.each([
  [{ a: 1, b: 2 }, { a: 1 }, []],
  [[1, 2], [1], ["the body is [1,2], not [1]"]],
  [
    { all: [{ up: true }, { up: false }] },
    { all: [{ up: true }, { up: true }] },
    ["all[1].up is false, not true"],
  ],
  ["ok", "ok", []],
  [{}, { constructor: {} }, ["constructor is nothing, not {}"]],
])("%j against %j", (found, wanted, differences) => {
  expect(jsonDifferences(found, wanted)).toEqual(differences);
});

test("a page of HTML where JSON is expected says so, cut short and without control characters", () => {
  const [json] = bad("200 OK", `<html>\u001b[31m${"x".repeat(500)}`, { json: { status: "ok" } });
  expect(json?.found).toBe("the body is no JSON");
  expect(json?.why).toMatch(/^the body begins: <html>x+…$/);
});

test("what must be there and what must not be: both are looked for in the whole body", () => {
  const body = "one\nall systems operational\nmaintenance: none\n";
  expect(bad("200 OK", body, { matches: "systems? operational", absent: "degraded" })).toEqual([]);
  expect(bad("200 OK", body, { matches: "^operational", absent: "maintenance" })).toMatchObject([
    { name: "matches", found: "nothing matches /^operational/" },
    { name: "absent", found: "/maintenance/ matches" },
  ]);
});

test("what a login answers with is never quoted", () => {
  const body = '{"user":"a","access_token":"ey\\"canary","session":"canary"}';
  const results = judged("200 OK", body, { json: { user: "b" } });
  expect(JSON.stringify(results)).not.toContain("canary");
  expect(JSON.stringify(results)).toContain("(hidden)");
});

test("words that are no answer of lifeboat http are red", () => {
  expect(judgeAnswer("hello", {})).toMatchObject([{ result: "fail" }]);
});
