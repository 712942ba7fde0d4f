import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { askHttp, type HttpQuestion } from "../../src/http/ask.ts";
import { freePort } from "../helpers/free-port.ts";
import { serveHttp, type TestHttpServer } from "../helpers/http-server.ts";

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
});
async function serve(...args: Parameters<typeof serveHttp>): Promise<TestHttpServer> {
  const server = await serveHttp(...args);
  open.push(server);
  return server;
}
const ask = (url: string, more: Partial<HttpQuestion> = {}) =>
  askHttp({
    method: "GET",
    url,
    headers: {},
    body: undefined,
    follow: false,
    timeoutMs: 5_000,
    keepBytes: 1_000,
    ...more,
  });

test("any answer is an answer, a refusal of the application too", async () => {
  const { url } = await serve((_asked, response) => response.writeHead(503).end("starting"));
  expect(await ask(url)).toMatchObject({ status: "503 Service Unavailable", body: "starting", notes: [] });
});

test("a port nobody listens on, one that never answers, one that hangs up: each is told in plain words", async () => {
  await expect(ask(`http://127.0.0.1:${await freePort()}/`)).rejects.toThrow(/^connection refused$/);
  const mute = await serve(() => undefined);
  await expect(ask(mute.url, { timeoutMs: 100 })).rejects.toThrow("no answer within 100 ms");
  const rude = createServer((socket) => socket.destroy());
  await new Promise<void>((done) => rude.listen(0, "127.0.0.1", done));
  open.push({ stop: async () => void rude.close() });
  const address = rude.address();
  const port = typeof address === "object" ? address?.port : 0;
  await expect(ask(`http://127.0.0.1:${port}/`)).rejects.toThrow("the connection was cut");
});

test("an answer that never ends is given up on: its headers are no answer yet", async () => {
  const { url } = await serve((_asked, response) => void response.writeHead(200).write("a"));
  await expect(ask(url, { timeoutMs: 200 })).rejects.toThrow("no answer within 200 ms");
});

test("of a body that is too long only the beginning is read, and that is said", async () => {
  const { url } = await serve((_asked, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write("x".repeat(10_000)));
    };
    response.on("drain", more);
    more();
  });
  const { body, notes } = await ask(url, { keepBytes: 2_500 });
  expect(body).toHaveLength(2_500);
  expect(notes).toEqual(["the body is longer than 2500 bytes: the rest was not read"]);
});

test("a redirect is an answer unless it is to be followed", async () => {
  const { url, asked } = await serve((one, response) =>
    one.url === "/" ? response.writeHead(302, { location: "/login" }).end() : response.end("please log in"),
  );
  expect(await ask(url)).toMatchObject({ status: "302 Found", location: "/login" });
  expect(await ask(url, { follow: true })).toMatchObject({ status: "200 OK", body: "please log in" });
  expect(asked.map((one) => one.url)).toEqual(["/", "/", "/login"]);
});

test("headers and body never go to another server, whatever a redirect says", async () => {
  const thief = await serve((_asked, response) => response.end("thanks"));
  const { url } = await serve((_asked, response) => response.writeHead(307, { location: thief.url }).end());
  const authorization = "Bearer canary";
  for (const more of [{ headers: { authorization } }, { method: "POST", body: "canary" }]) {
    const { status, notes } = await ask(url, { ...more, follow: true });
    expect(status).toBe("307 Temporary Redirect");
    expect(notes).toEqual([expect.stringContaining("not followed")]);
  }
  expect(thief.asked).toEqual([]);
  expect((await ask(url, { follow: true })).body).toBe("thanks");
});

test("a redirect into a circle ends, and says so", async () => {
  const { url, asked } = await serve((_asked, response) => response.writeHead(302, { location: "/" }).end());
  expect((await ask(url, { follow: true })).notes).toEqual(["5 redirects were followed, no more"]);
  expect(asked).toHaveLength(6);
});

test("a login that is answered with a redirect is not sent a second time", async () => {
  const { url, asked } = await serve((one, response) =>
    one.method === "POST" ? response.writeHead(303, { location: "/me" }).end() : response.end("hello"),
  );
  expect((await ask(url, { method: "POST", body: "x", follow: true })).body).toBe("hello");
  expect(asked.map(({ method, body }) => [method, body])).toEqual([
    ["POST", "x"],
    ["GET", ""],
  ]);
});
