import { afterEach, beforeEach, expect, test } from "vitest";
import { type Asked, json, serveHttp, type TestHttpServer } from "../helpers/http-server.ts";
import { freePort } from "../helpers/free-port.ts";
import { startLifeboat } from "../helpers/lifeboat.ts";

let server: TestHttpServer;
beforeEach(async () => {
  server = await serveHttp(({ url, body }, response) =>
    json(response, url === "/down" ? 503 : 200, { got: body, token: "canary-token" }),
  );
});
afterEach(() => server.stop());

const env = { PATH: process.env["PATH"] ?? "", LOGIN_PASSWORD: `a"b&c$d` };
const http = (...args: string[]) => startLifeboat(["http", ...args], { env, cwd: "/" }).ended;
const type = (name: string): string[] => ["--header", `content-type: ${name}`];
const last = (): Asked | undefined => server.asked.at(-1);

test("prints status and body; any answer ends with 0, none with 20 and one line", async () => {
  expect(await http(`${server.url}/down`)).toMatchObject({
    code: 0,
    stdout: 'HTTP 503 Service Unavailable\n\n{"got":"","token":"canary-token"}\n',
    stderr: "",
  });
  expect(await http(`http://127.0.0.1:${await freePort()}`)).toMatchObject({
    code: 20,
    stdout: "",
    stderr: "no answer: connection refused\n",
  });
});

test("a password goes into a JSON body, a form and a header as what it is, with quotes and all", async () => {
  const post = ["--method", "post", server.url];
  await http(...type("application/json"), "--body", '{"password":"$LOGIN_PASSWORD"}', ...post);
  expect(JSON.parse(last()?.body ?? "")).toEqual({ password: `a"b&c$d` });
  await http(...type("application/x-www-form-urlencoded"), "--body", "p=$LOGIN_PASSWORD&q=$$1", ...post);
  expect([...new URLSearchParams(last()?.body)]).toEqual([
    ["p", `a"b&c$d`],
    ["q", "$1"],
  ]);
  await http("--header", "x-api-key: $LOGIN_PASSWORD", server.url);
  expect(last()?.headers["x-api-key"]).toBe(`a"b&c$d`);
});

test("a variable that is not set is named, and nothing is sent", async () => {
  expect(await http("--header", "x-api-key: $NO_SUCH", server.url)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("NO_SUCH is not set"),
  });
  expect(server.asked).toEqual([]);
});

test("a secret that makes a bad header is not told in the message", async () => {
  const ended = await startLifeboat(["http", "--header", "authorization: Bearer $KEY", server.url], {
    env: { ...env, KEY: "canary\nx-evil: 1" },
    cwd: "/",
  }).ended;
  expect(ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("authorization holds a character"),
  });
  expect(ended.stderr).not.toContain("canary");
});

test("a password in the address is refused without repeating it", async () => {
  const ended = await http(server.url.replace("http://", "http://me:canary@"));
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain("a password stands in the address");
  expect(ended.stderr).not.toContain("canary");
});

test("--expect says whether it is so, and never prints what a login answered with", async () => {
  const expected = ["--expect", '{"status":200,"json":{"got":""}}'];
  expect(await http(...expected, server.url)).toMatchObject({
    code: 0,
    stdout: "HTTP 200 OK\nas expected\n",
  });
  const ended = await http(...expected, `${server.url}/down`);
  expect(ended).toMatchObject({ code: 20, stdout: "" });
  expect(ended.stderr).toMatch(/^status: expected 200, found 503 Service Unavailable; the body begins: /);
  expect(ended.stderr).not.toContain("canary");
});
