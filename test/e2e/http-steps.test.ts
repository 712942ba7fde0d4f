import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Asked, json, serveHttp, type TestHttpServer } from "../helpers/http-server.ts";
import { freePort } from "../helpers/free-port.ts";
import { expectOutcome, runOf } from "../faults/outcome.ts";
import { openOperator, type Operator } from "../helpers/operator.ts";
import type { Ran } from "../helpers/lifeboat.ts";

const PASSWORD = `canary"7Qz&$x`;
let operator: Operator;
let app: TestHttpServer | undefined;

/** No step of these runbooks touches its store, so no server is needed. */
const SYSTEM = `title: App
environment: test
stores:
  database: { kind: postgres, url: "postgresql://app@127.0.0.1:1/app" }
`;

beforeAll(async () => {
  operator = await openOperator({
    folder: await mkdtemp("/tmp/lifeboat-http-"),
    system: "app",
    files: { system: SYSTEM },
    backups: "UNUSED",
    env: { LOGIN_PASSWORD: PASSWORD },
    end: async () => undefined,
  });
});
afterAll(() => operator?.stop());
afterEach(async () => {
  await app?.stop();
  app = undefined;
});

const runbook = (steps: string): string => `title: Check\nscenario: x\nsteps:\n${steps}`;

async function live(steps: string, ...args: string[]): Promise<Ran> {
  await operator.writeRunbook("check", runbook(steps));
  return operator.lifeboat(["run", "app", "check", ...(args.length > 0 ? args : ["--live"])]);
}
const login = (url: string, more = ""): string => `  - id: login
    kind: http
    url: ${url}/login
    method: POST
    headers: { content-type: application/json }
    body: '{"user":"dr","password":"$LOGIN_PASSWORD"}'
    env: { LOGIN_PASSWORD: "\${LOGIN_PASSWORD}" }
    expect: { status: 200, json: { role: admin } }
${more}`;

test("an application that comes up is waited for, each new answer is a line, then somebody logs in", async () => {
  const port = await freePort();
  const health = `  - { id: health, kind: http, url: "http://127.0.0.1:${port}/health", expect: { json: { status: ok } }, within: 30s }\n`;
  let asked = 0;
  const answer = (one: Asked, response: Parameters<typeof json>[0]): void => {
    if (one.url === "/login") {
      const right = (JSON.parse(one.body) as { password: string }).password === PASSWORD;
      return json(response, right ? 200 : 401, { role: "admin", token: "canary-session" });
    }
    json(response, 200, { status: (asked += 1) < 3 ? "starting" : "ok" });
  };
  await operator.writeRunbook("check", runbook(health + login(`http://127.0.0.1:${port}`)));
  const going = operator.start(["run", "app", "check", "--live", "--json"]);
  await going.until(/connection refused/);
  app = await serveHttp(answer, port);
  const ran = await going.ended;
  expectOutcome(ran, 0);
  const events = ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);
  expect(
    events.flatMap(({ type, words = "" }) => (type === "waiting" ? [words.replace(/ \(.*/, "")] : [])),
  ).toEqual([
    "waiting for the right answer: no answer: connection refused",
    'waiting for the right answer: status is "starting", not "ok"',
  ]);
  expect(events.filter(({ type }) => type === "step.ended")).toHaveLength(2);
});

test("a password and what a login answers with are nowhere: not in plan, journal, output, report, screen", async () => {
  app = await serveHttp((_one, response) => json(response, 200, { role: "guest", token: "canary-session" }));
  const ran = await live(login(app.url));
  expectOutcome(ran, 20, 'role is "guest", not "admin"');
  expect(app.asked[0]?.body).toBe(JSON.stringify({ user: "dr", password: PASSWORD }));
  const folder = join(operator.home, "runs", runOf(ran));
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.includes("."));
  expect(files).toContain("output/login.log");
  const all = [
    ran.stdout,
    ran.stderr,
    ...(await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")))),
  ];
  expect(all.join("\n")).not.toContain("canary");
  expect(all.join("\n")).toContain("$LOGIN_PASSWORD");
});

test("not right in time: what it said last, how long it was asked, what to look at", async () => {
  app = await serveHttp((_one, response) => json(response, 503, { status: "degraded", db: "down" }));
  const ran = await live(
    `  - { id: health, kind: http, url: "${app.url}/health", expect: { status: 200, json: { status: ok } }, within: 1s }\n`,
  );
  expectOutcome(
    ran,
    20,
    /waited \d(\.\d)? s for the right answer, asked \d times; the last answer: status: 503 Service Unavailable; json: status is "degraded", not "ok"/,
    'the body begins: {"status":"degraded","db":"down"}',
    `next: look at it yourself: lifeboat http ${app.url}/health`,
  );
});

test("what changes something is asked once, and only its right answer counts", async () => {
  app = await serveHttp((one, response) =>
    json(response, one.url === "/bad" ? 409 : 202, { secret: "canary" }),
  );
  const purge = (path: string): string =>
    `  - { id: purge, kind: http, method: POST, url: "${app?.url}${path}", effect: reversible, expect: { status: 202 } }\n`;
  expectOutcome(await live(purge("/good")), 0, "DONE");
  const bad = await live(purge("/bad"));
  expectOutcome(bad, 20, /status: expected 202, found 409 Conflict/);
  expect(bad.stdout).not.toContain("canary");
  expect(app.asked.map(({ url }) => url)).toEqual(["/good", "/bad"]);
  expectOutcome(await live(purge("/good"), "--dry-run"), 0, "printed");
  expect(app.asked).toHaveLength(2);
});
