import type { Expectation } from "../runbook/runbook-schema.ts";
import type { CheckResult, Judge } from "../step/check.ts";

/** Words for what is expected: "at least 1", "equal to 0". */
export function expectationInWords(expected: Expectation): string {
  return [
    expected.equals === undefined ? "" : `equal to ${String(expected.equals)}`,
    expected["at-least"] === undefined ? "" : `at least ${expected["at-least"]}`,
    expected["at-most"] === undefined ? "" : `at most ${expected["at-most"]}`,
    expected.matches === undefined ? "" : `matching /${expected.matches}/`,
  ]
    .filter((part) => part !== "")
    .join(" and ");
}

/** psql prints booleans as t and f; a runbook says true and false. */
function same(found: string, wanted: string | number | boolean): boolean {
  if (typeof wanted === "boolean") return found === (wanted ? "t" : "f") || found === String(wanted);
  if (typeof wanted === "number") return found.trim() !== "" && Number(found) === wanted;
  return found === wanted;
}

function meets(found: string, expected: Expectation): boolean {
  const number = found.trim() === "" ? Number.NaN : Number(found);
  return (
    (expected.equals === undefined || same(found, expected.equals)) &&
    (expected["at-least"] === undefined || number >= expected["at-least"]) &&
    (expected["at-most"] === undefined || number <= expected["at-most"]) &&
    (expected.matches === undefined || new RegExp(expected.matches).test(found))
  );
}

/** First column of the first row against an expectation. No row at all is a failure: nothing was compared. */
export function judgeAnswer(stdout: string, name: string, expected: Expectation): CheckResult {
  const words = expectationInWords(expected);
  const row = stdout.replace(/\n$/, "").split("\n")[0] ?? "";
  if (stdout.trim() === "") {
    return {
      name,
      level: "queries",
      result: "fail",
      expected: words,
      found: "no rows",
      why: "the query gave nothing to compare",
    };
  }
  const found = row.split("|")[0] ?? "";
  return { name, level: "queries", result: meets(found, expected) ? "pass" : "fail", expected: words, found };
}

/** args: {name, expect}. */
export const judgeExpectation: Judge = (evidence, args) => {
  const { name, expect } = args as unknown as { name: string; expect: Expectation };
  return [judgeAnswer(evidence.stdout, name, expect)];
};
