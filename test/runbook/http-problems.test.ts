import { expect, test } from "vitest";
import { lintedRunbook, RUNBOOK } from "./files.ts";

const http = (rest: string): string => `${RUNBOOK}  - { id: health, kind: http, ${rest} }\n`;
const URL = "url: http://localhost:3000/health";

test("an application's health and a login with a password from env are as they should be", async () => {
  const login = `url: http://localhost/login, method: POST, headers: { content-type: application/json }, body: '{"password":"$LOGIN_PASSWORD"}', env: { LOGIN_PASSWORD: "\${LOGIN_PASSWORD}" }`;
  const text = http(`${URL}, expect: { status: 200, json: { status: ok } }, within: 2m`).replace(/$/, "");
  expect(
    await lintedRunbook(`${text}  - { id: login, kind: http, ${login} }\n`, { LOGIN_PASSWORD: "x" }),
  ).toEqual([]);
});

test.each([
  [
    "an address that is none",
    "url: localhost:3000/health",
    "this is no address of HTTP: it begins with http:// or https://",
  ],
  [
    "a password in the address",
    "url: http://me:pw@localhost/",
    "a user or password stands in the address, where everybody sees it: give it by a header, from env",
  ],
  [
    "a token in the address",
    "url: http://localhost/?access_token=x",
    '"access_token" stands in the address, where everybody sees it: give it by a header or the body, from env',
  ],
  [
    "an expectation of nothing",
    `${URL}, expect: {}`,
    "nothing is expected: give status, json, matches or absent, or leave it away for any status from 200 to 299",
  ],
  [
    "a broken pattern",
    `${URL}, expect: { absent: "(" }`,
    "not a regular expression: /(/: Unterminated group",
  ],
  [
    "a secret in a header",
    `${URL}, headers: { authorization: Bearer abc }`,
    "a secret is written in the file: put it into the environment, give it by env, and write $NAME here",
  ],
  [
    "a secret in a body of JSON",
    `${URL}, method: POST, body: '{"user":{"password":"abc"}}'`,
    "a secret is written in the file: put it into the environment, give it by env, and write $NAME here",
  ],
  [
    "a secret in a form",
    `${URL}, method: POST, body: user=me&password=abc`,
    "a secret is written in the file: put it into the environment, give it by env, and write $NAME here",
  ],
  [
    "a name that env does not have",
    `${URL}, method: POST, body: "x=$KEY"`,
    "$KEY is not in this step's env; $$ is a dollar sign",
  ],
  ["a body where none is sent", `${URL}, body: x`, 'GET has no body: say which "method" it is'],
  [
    "a change without its effect",
    `${URL}, method: DELETE`,
    'DELETE changes something: say which "effect" it has',
  ],
  [
    "a change that is asked for again and again",
    `${URL}, method: POST, effect: reversible, within: 1m`,
    'what changes something is asked for once: leave "within" away, and wait with a step of its own',
  ],
  [
    "a timeout before the waiting is over",
    `${URL}, within: 5m, timeout: 1m`,
    '"timeout" is not longer than "within": the step would be ended while it still waits',
  ],
  [
    "an irreversible question without a name to type",
    `${URL}, method: POST, effect: irreversible`,
    'this question is irreversible: give "target", the name to type at its gate, or another "effect"',
  ],
])("%s is told", async (_what, rest, message) => {
  const found = await lintedRunbook(http(rest));
  expect(found.map((line) => line.replace(/^lost.yaml:7:\d+: (?:warning: )?/, ""))).toEqual([message]);
});

test("a variable that is a secret by its name is refused where it would be shown, and its value is not told", async () => {
  const body = `${URL}, method: POST, body: '{"password":"\${LOGIN_PASSWORD}"}'`;
  const found = await lintedRunbook(http(body), { LOGIN_PASSWORD: "$canary" });
  expect(found).toEqual([
    expect.stringContaining("a value that is put in here holds a dollar sign"),
    expect.stringContaining(
      'give this step env: { LOGIN_PASSWORD: "${LOGIN_PASSWORD}" }, and write $LOGIN_PASSWORD',
    ),
  ]);
  expect(found.join()).not.toContain("canary");
});
