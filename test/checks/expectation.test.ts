import { expect, test } from "vitest";
import { expectationInWords, judgeAnswer, judgeExpectation } from "../../src/checks/expectation.ts";
import type { Expectation } from "../../src/runbook/runbook-schema.ts";

const judged = (stdout: string, expected: Expectation) => judgeAnswer(stdout, "orders there", expected);

test.each<[string, Expectation]>([
  ["1\n", { equals: 1 }],
  ["1.0\n", { equals: 1 }],
  ["t\n", { equals: true }],
  ["f\n", { equals: false }],
  ["true\n", { equals: true }],
  ["open\n", { equals: "open" }],
  ["42|x\n", { "at-least": 42 }],
  ["42\n7\n", { "at-most": 42 }],
  ["7\n", { "at-least": 1, "at-most": 9 }],
  ["shop-v12\n", { matches: "^shop-v\\d+$" }],
])("%j meets %j", (stdout, expected) => {
  expect(judged(stdout, expected)).toMatchObject({ result: "pass", level: "queries" });
});

test.each<[string, Expectation]>([
  ["2\n", { equals: 1 }],
  ["\n", { equals: 0 }],
  ["|3\n", { equals: 0 }],
  ["|3\n", { "at-least": 0 }],
  ["|3\n", { "at-most": 0 }],
  ["f\n", { equals: true }],
  ["1\n", { equals: true }],
  ["open \n", { equals: "open" }],
  ["many\n", { "at-least": 0 }],
  ["many\n", { "at-most": 9 }],
  ["0\n", { "at-least": 1 }],
  ["10\n", { "at-least": 1, "at-most": 9 }],
  ["0\n5\n", { "at-least": 1 }],
  ["x\n", { matches: "^y" }],
])("%j fails %j", (stdout, expected) => {
  expect(judged(stdout, expected).result).toBe("fail");
});

test.each(["", "\n", "  \n"])("an empty answer (%j) is red, whatever is expected of it", (stdout) => {
  for (const expected of [{ equals: "" }, { equals: 0 }, { "at-most": 5 }, { matches: "" }, {}])
    expect(judged(stdout, expected)).toMatchObject({ result: "fail", found: "no rows" });
});

test("the words say what is expected and found", () => {
  expect(expectationInWords({ "at-least": 1, "at-most": 9 })).toBe("at least 1 and at most 9");
  expect(judged("12\n", { equals: 3 })).toMatchObject({ expected: "equal to 3", found: "12" });
});

test("the judge reads the far end's words", () => {
  const args = { name: "orders there", expect: { "at-least": 1 } };
  expect(judgeExpectation({ stdout: "3\n", stderr: "", exit: 0 }, args, () => undefined)).toMatchObject([
    { result: "pass" },
  ]);
  expect(judgeExpectation({ stdout: "", stderr: "", exit: 0 }, args, () => undefined)).toMatchObject([
    { result: "fail" },
  ]);
});
