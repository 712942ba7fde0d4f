import { createServer, type Server } from "node:http";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate, SHOP_SYSTEM } from "../helpers/estate.ts";
import { RealTerminal } from "../tui/terminal.ts";

const CANARY = "canary-hook-9Vw";
const PROGRAM = join(import.meta.dirname, "..", "..", "bin", "lifeboat.js");
const PATIENCE = 20_000;

let estate: Estate;
let server: Server;
let port = 0;
/** Nobody listens there any more. */
let closed = 0;
let heard: { path: string; type: string | undefined; body: Record<string, unknown> }[] = [];
let terminal: RealTerminal | undefined;
const waiters = new Set<() => void>();

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { url = "", headers } = request;
      heard.push({
        path: url,
        type: headers["content-type"],
        body: JSON.parse(Buffer.concat(chunks).toString()),
      });
      waiters.forEach((look) => look());
      if (url.includes("silent")) return;
      response.writeHead(url.includes("broken") ? 500 : 200).end(`not for any eye: ${CANARY}`);
    });
  });
  port = await listen(server);
  const gone = createServer();
  closed = await listen(gone);
  await new Promise((done) => gone.close(done));
  estate = await openEstate();
  const receivers = ["webhook", "slack"].map(
    (kind) => `  - { kind: ${kind}, url: "\${${kind.toUpperCase()}:-}", after: 100ms }\n`,
  );
  await estate.writeSystem(`${SHOP_SYSTEM}notify:\n${receivers.join("")}`);
  await estate.writeRunbook(
    "ask",
    "title: Ask\nscenario: somebody has to do something\nsteps:\n  - { id: hand, kind: manual, title: Pull the plug, instructions: pull it }\n",
  );
  await estate.writeRunbook(
    "fine",
    "title: Fine\nscenario: nothing is asked\nsteps:\n  - { id: echo, kind: command, effect: reads, run: [echo, fine] }\n",
  );
});
async function listen(on: Server): Promise<number> {
  await new Promise<void>((done) => on.listen(0, "127.0.0.1", done));
  const address = on.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

afterEach(async () => {
  await terminal?.end();
  terminal = undefined;
  heard = [];
});
afterAll(async () => {
  await estate?.stop();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const url = (path: string): string => `http://127.0.0.1:${port}/${path}/${CANARY}`;
const untilHeard = (count: number): Promise<void> =>
  new Promise((done) => {
    const look = (): void => {
      if (heard.length < count) return;
      waiters.delete(look);
      done();
    };
    waiters.add(look);
    look();
  });

const hashOf = (text: string): string | undefined => /^plan +(\w+)$/m.exec(text)?.[1];

/** Everything a run left on disk and on the screen. */
async function allOf(run: string, said: string): Promise<string> {
  const files = await readdir(join(estate.home, "runs", run), { recursive: true, withFileTypes: true });
  const texts = files.filter((f) => f.isFile()).map((f) => readFile(join(f.parentPath, f.name), "utf8"));
  return [said, ...(await Promise.all(texts))].join("\n");
}

const runOf = (said: string): string => /run (\S+)/.exec(said)?.[1] ?? "";

const planOf = async (env: Record<string, string>, mode = "live"): Promise<string> =>
  (await estate.lifeboat(["plan", "shop", "fine", "--mode", mode], env)).stdout;

test("the end of a live run is told to a webhook and to Slack; the address is nowhere", async () => {
  const env = { WEBHOOK: url("hook"), SLACK: url("slack") };
  const ran = await estate.lifeboat(["run", "shop", "fine", "--live"], env);
  expect(ran.code).toBe(0);
  expect(heard.map((one) => one.path.split("/")[1]).toSorted()).toEqual(["hook", "slack"]);
  const hook = heard.find((one) => one.path.startsWith("/hook"));
  expect(hook).toMatchObject({
    type: "application/json",
    body: { event: "ended", mode: "LIVE", system: "shop", runbook: "fine", word: "DONE", exit: 0 },
  });
  const slack = heard.find((one) => one.path.startsWith("/slack"));
  expect(slack?.body["text"]).toContain("LIVE shop / fine: DONE, exit 0");
  expect(await allOf(runOf(ran.stdout), ran.stdout + ran.stderr)).not.toContain(CANARY);
});

test("dry runs and drills call nobody, and an empty address is off", async () => {
  const env = { WEBHOOK: url("hook") };
  for (const args of [["--dry-run"], ["--drill"]])
    expect((await estate.lifeboat(["run", "shop", "fine", ...args], env)).code).toBe(0);
  expect((await estate.lifeboat(["run", "shop", "fine", "--live"], { WEBHOOK: "" })).code).toBe(0);
  expect(heard).toEqual([]);
});

test.each([
  [
    "a closed port",
    () => `http://127.0.0.1:${closed}/${CANARY}`,
    /nobody could be called by webhook: .*ECONNREFUSED/,
  ],
  [
    "a receiver that fails",
    () => url("broken"),
    /nobody could be called by webhook: the receiver answered 500/,
  ],
  ["a receiver that never answers", () => url("silent"), /the receiver did not answer in time/],
])("%s changes nothing but a note in the journal", async (_name, address, note) => {
  const ran = await estate.lifeboat(["run", "shop", "fine", "--live"], { WEBHOOK: address() });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(note);
  const all = await allOf(runOf(ran.stdout), ran.stdout + ran.stderr);
  expect(all).toMatch(/"type":"note".*nobody could be called/);
  expect(all).not.toContain(CANARY);
  expect(ran.ms).toBeLessThan(9_000);
  expect((await estate.lifeboat(["transcript", "verify", runOf(ran.stdout)])).code).toBe(0);
});

test("a gate nobody answers calls once, while the screen waits", async () => {
  const env = { LANG: "C.UTF-8", ...estate.env, WEBHOOK: url("hook") };
  terminal = new RealTerminal(PROGRAM, ["run", "shop", "ask", "--live"], 80, 24, env);
  await terminal.until("go on", PATIENCE);
  await terminal.press("g");
  await terminal.until("name: _", PATIENCE);
  await terminal.press(..."shop", "enter");
  await untilHeard(1);
  expect(heard[0]?.body).toMatchObject({
    event: "waiting",
    mode: "LIVE",
    runbook: "ask",
    step: "1 Pull the plug",
    asks: "Is it done?",
  });
  const run = (await estate.runs()).find((id) => id.includes("-ask-")) ?? "";
  expect(await allOf(run, "")).not.toContain(CANARY);
});

test("a live run over ssh outside tmux and screen is warned of in the plan", async () => {
  const over = { SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" };
  expect(await planOf(over)).toMatch(/warning +you are connected by ssh and not in tmux or screen/);
  for (const env of [{}, { ...over, TMUX: "/tmp/tmux" }, { ...over, STY: "1.pts" }])
    expect(await planOf(env)).not.toContain("connected by ssh");
  expect(await planOf(over, "drill")).not.toContain("connected by ssh");
  const hash = hashOf(await planOf({}));
  expect(hash).toHaveLength(64);
  expect(hashOf(await planOf(over))).toBe(hash);
});
