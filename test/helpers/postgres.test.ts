import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type TestServer } from "./postgres.ts";

const run = promisify(execFile);
let server: TestServer;
beforeAll(async () => {
  server = await startPostgres({ password: "s3cret", settings: { max_connections: "17" } });
});
afterAll(() => server.stop());

test("the socket answers as superuser, in UTF8, with the settings asked for", async () => {
  const sql = "SELECT current_user, getdatabaseencoding(), current_setting('max_connections')";
  expect(await server.psql("postgres", sql)).toBe("postgres|UTF8|17");
});

test("a failing statement is an error with the server's words", async () => {
  await expect(server.psql("postgres", "SELECT 1/0")).rejects.toThrow("division by zero");
});

test("a database with a hostile name is created and reached", async () => {
  await server.createDatabase(`host=evil "x`);
  expect(await server.psql(`host=evil "x`, "SELECT current_database()")).toBe(`host=evil "x`);
  const { stdout } = await run(server.programs.psql, [
    "-XAtc",
    "SELECT current_database()",
    server.url(`host=evil "x`),
  ]);
  expect(stdout.trim()).toBe(`host=evil "x`);
});

const overTcp = (password: string): Promise<{ stdout: string }> =>
  run(server.programs.psql, ["-wXAtc", "SELECT 1", server.tcpUrl("postgres")], {
    env: { PGPASSWORD: password },
  });

test("TCP wants the password", async () => {
  await expect(overTcp("wrong")).rejects.toThrow("password authentication failed");
  expect((await overTcp("s3cret")).stdout.trim()).toBe("1");
});

test("data is there again after a restart and after a power cut", async () => {
  await server.psql("postgres", "CREATE TABLE kept AS SELECT 1 AS one");
  await server.restart();
  await server.halt("immediate");
  await expect(server.psql("postgres", "SELECT 1")).rejects.toThrow();
  await server.start();
  expect(await server.psql("postgres", "SELECT one FROM kept")).toBe("1");
  expect(await server.log()).toContain("redo");
});

test("stop leaves neither process nor folder", async () => {
  const second = await startPostgres();
  const pid = Number((await readFile(join(second.dataDir, "postmaster.pid"), "utf8")).split("\n")[0]);
  expect((await stat(second.dataDir)).mode & 0o077).toBe(0);
  await second.stop();
  expect(existsSync(second.folder)).toBe(false);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});

test("a test process that is killed leaves neither process nor folder", async () => {
  const supervisor = new URL("./postgres-supervisor.ts", import.meta.url).href;
  const { user, programs } = server;
  const folder = await server.folderForServer("orphan");
  const argv = [...user.prefix, programs.initdb, "-D", join(folder, "data"), "-U", "postgres", "--no-sync"];
  await run(argv[0] ?? "", argv.slice(1), { cwd: "/" });
  const start = [...user.prefix, programs.postgres, "-D", join(folder, "data"), "-k", folder, "-h", ""];
  const code = `import { supervisePostgres } from ${JSON.stringify(supervisor)};
    await supervisePostgres(${JSON.stringify(folder)}, ${JSON.stringify(start)}).start();
    console.log("up"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", 2],
  });
  await new Promise((up) => child.stdout?.once("data", up));
  const pid = Number((await readFile(join(folder, "data/postmaster.pid"), "utf8")).split("\n")[0]);
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  child.kill("SIGKILL");
  await expect.poll(() => existsSync(folder), { timeout: 20_000 }).toBe(false);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});
