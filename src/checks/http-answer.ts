import { z } from "zod";
import { clean } from "../base/clean.ts";
import { type HttpExpectation, httpExpectationSchema } from "../runbook/http-schema.ts";
import type { CheckResult, Judge } from "../step/check.ts";
import { jsonDifferences } from "./json-subset.ts";

/** What `lifeboat http --expect` prints last when it is so: a command that ended early has not said it. */
export const AS_EXPECTED = "as expected";

const QUOTED = 200;
/** What a login answers with is as good as a password. */
const SECRET_VALUE =
  /("[^"]*(?:token|secret|passw|jwt|session|cookie|api_?key)[^"]*"\s*:\s*")(?:[^"\\]|\\.)*/gi;

/** What `lifeboat http` prints: "HTTP 200 OK", headers that matter, an empty line, the body. */
function parsed(stdout: string): { status: number; line: string; body: string } | undefined {
  const match = /^HTTP (\d{3})([^\n]*)\n/.exec(stdout);
  const end = stdout.indexOf("\n\n");
  if (!match || end < 0) return undefined;
  return { status: Number(match[1]), line: `${match[1]}${match[2]}`, body: stdout.slice(end + 2) };
}

/** A few words of a body, safe for a screen and for a report. */
function quote(body: string): string {
  const line = clean(body.replaceAll(SECRET_VALUE, "$1(hidden)").replaceAll(/\s+/g, " ").trim());
  if (line === "") return "the body is empty";
  return `the body begins: ${line.length > QUOTED ? `${line.slice(0, QUOTED)}…` : line}`;
}

/** "200", "200 or 204", "200 to 299": for people. */
export function statusInWords({ status }: HttpExpectation): string {
  if (status === undefined) return "200 to 299";
  return Array.isArray(status) ? status.join(" or ") : String(status);
}

function statusFits(status: number, wanted: HttpExpectation["status"]): boolean {
  if (wanted === undefined) return status >= 200 && status <= 299;
  return Array.isArray(wanted) ? wanted.includes(status) : status === wanted;
}

/** Everything that is expected, one result each: what differs is said, the rest is seen to be right. */
export function judgeAnswer(stdout: string, expect: HttpExpectation): CheckResult[] {
  const answer = parsed(stdout);
  if (!answer)
    return [{ name: "answer", level: "other", result: "fail", why: "this is no answer of lifeboat http" }];
  const { body } = answer;
  const right = statusFits(answer.status, expect.status);
  const status = compared("status", statusInWords(expect), right ? undefined : clean(answer.line));
  return quotedOnce(body, [
    right ? { ...status, found: clean(answer.line) } : status,
    ...(expect.json === undefined ? [] : [jsonResult(body, expect.json)]),
    ...patternResults(body, expect),
  ]);
}

/** What the body begins with, at the first thing that differs. */
function quotedOnce(body: string, results: CheckResult[]): CheckResult[] {
  const first = results.findIndex(({ result }) => result === "fail");
  return results.map((result, at) =>
    at === first ? { ...result, why: [result.why, quote(body)].filter(Boolean).join("\n") } : result,
  );
}

/** `differs`: what was found instead; undefined where it is right. */
const compared = (
  name: string,
  expected: string,
  differs: string | undefined,
  why?: string,
): CheckResult => ({
  name,
  level: "other",
  result: differs === undefined ? "pass" : "fail",
  expected,
  ...(differs === undefined ? {} : { found: differs }),
  ...(differs === undefined || why === undefined ? {} : { why }),
});

function jsonResult(body: string, wanted: unknown): CheckResult {
  const expected = JSON.stringify(wanted);
  let found: unknown;
  try {
    found = JSON.parse(body);
  } catch {
    return compared("json", expected, "the body is no JSON");
  }
  const [first, ...more] = jsonDifferences(found, wanted);
  if (first === undefined) return compared("json", expected, undefined);
  return compared(
    "json",
    expected,
    clean(more.length === 0 ? first : `${first}, and ${more.length} more`),
    more.length === 0 ? undefined : more.map(clean).join("\n"),
  );
}

function patternResults(body: string, { matches, absent }: HttpExpectation): CheckResult[] {
  const has = (pattern: string): boolean => new RegExp(pattern).test(body);
  return [
    ...(matches === undefined
      ? []
      : [compared("matches", `/${matches}/`, has(matches) ? undefined : `nothing matches /${matches}/`)]),
    ...(absent === undefined
      ? []
      : [
          compared("absent", `nothing matching /${absent}/`, has(absent) ? `/${absent}/ matches` : undefined),
        ]),
  ];
}

/** args: {expect}. */
export const judgeHttp: Judge = (evidence, args) =>
  judgeAnswer(evidence.stdout, z.object({ expect: httpExpectationSchema }).parse(args).expect);
