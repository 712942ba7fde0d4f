import { createServer, type Server } from "node:net";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Estate, openEstate } from "../../helpers/estate.ts";
import { expectOutcome } from "../outcome.ts";

let estate: Estate;
let backup: string;
let silent: Server;
beforeAll(async () => {
  estate = await openEstate({ password: "right horse" });
  backup = await estate.backup();
  silent = createServer(() => undefined);
  await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
});
afterAll(() => estate?.stop());
afterAll(() => void silent?.close());

const portOf = (server: Server): number => {
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
};
const at = (port: number, password: string): Record<string, string> => ({
  SHOP_URL: `postgresql://postgres:${password}@127.0.0.1:${port}/shop`,
});
const MODES = [["--dry-run"], ["--drill"], ["--live", "--confirm", "shop"]];

async function refusedEverywhere(
  env: Record<string, string>,
  within: number,
  ...says: (string | RegExp)[]
): Promise<void> {
  const ran = await Promise.all(
    MODES.map((mode) => estate.lifeboat(["run", "shop", "lost", "--backup", backup, ...mode], env)),
  );
  for (const one of ran) {
    expectOutcome(one, 11, ...says);
    expect(one.ms).toBeLessThan(within);
  }
}

test("a wrong password is said to be one, and never shown", async () => {
  const before = await estate.snapshot();
  await refusedEverywhere(
    at(estate.server.port, "wrong-horse"),
    15_000,
    "password authentication failed",
    /next: .*password/,
    "127.0.0.1",
  );
  expect(await estate.snapshot()).toEqual(before);
  const ran = await estate.lifeboat(
    ["run", "shop", "lost", "--drill", "--backup", backup],
    at(estate.server.port, "wrong-horse"),
  );
  expect(ran.stdout + ran.stderr).not.toContain("wrong-horse");
});

test("no password where the server wants one says so", async () => {
  await refusedEverywhere(
    { SHOP_URL: `postgresql://postgres@127.0.0.1:${estate.server.port}/shop` },
    15_000,
    /no password supplied/,
    /next: .*password/,
  );
});

test("a closed port is refused at once, with the address", async () => {
  const closed = createServer();
  await new Promise<void>((done) => closed.listen(0, "127.0.0.1", done));
  const port = portOf(closed);
  await new Promise((done) => closed.close(done));
  await refusedEverywhere(
    at(port, "x-y-z"),
    15_000,
    "Connection refused",
    /next: .*(start the server|correct)/,
    `127.0.0.1`,
  );
});

test("a port that takes the connection and never answers is given up on", async () => {
  await refusedEverywhere(at(portOf(silent), "x-y-z"), 25_000, /timeout expired/, /next: /);
}, 60_000);

test("client programs that are not installed are named, with what to install", async () => {
  const bin = join(estate.folder, "empty-bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "node"), `#!/bin/sh\nexec ${process.execPath} "$@"\n`, { mode: 0o755 });
  const env = { PATH: bin, ...at(estate.server.port, "right%20horse") };
  await refusedEverywhere(env, 15_000, "psql", /install/);
});
