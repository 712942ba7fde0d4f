import { spawn, spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getuid } from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { worksThere } from "../../../src/stores/host/works-there.ts";
import { startPostgres, type TestServer } from "../../helpers/postgres.ts";

let server: TestServer;
let folder = "";
beforeAll(async () => {
  server = await startPostgres();
  folder = await mkdtemp("/tmp/lifeboat-works-");
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const POSTGRES = { program: "postgres* | postmaster*", pidFile: "postmaster.pid" };

function isBelieved(path: string, how: Parameters<typeof worksThere>[1]): boolean {
  const [program = "", ...words] = worksThere(path, how).argv;
  return spawnSync(program, words).status === 0;
}

test("the folder of a server of this machine is believed, and that of one at another port is not", () => {
  expect(isBelieved(server.dataDir, { ...POSTGRES, pidFileLine: String(server.port) })).toBe(true);
  expect(isBelieved(server.dataDir, { ...POSTGRES, pidFileLine: "1" })).toBe(false);
});

test("a folder of the same name that no server works in is somebody else's: a published port is a container's", async () => {
  const path = join(folder, "data");
  await mkdir(path);
  expect(isBelieved(path, { ...POSTGRES, pidFileLine: "5432" })).toBe(false);
  // Left by a server that is gone; its number is now that of this very process.
  await writeFile(join(path, "postmaster.pid"), `${process.pid}\n${path}\n0\n5432\n`);
  expect(isBelieved(path, { ...POSTGRES, pidFileLine: "5432" })).toBe(false);
  expect(isBelieved(path, { program: "influxd*", pid: 1 })).toBe(false);
  expect(isBelieved(path, undefined)).toBe(true);
  expect(isBelieved(join(folder, "none"), undefined)).toBe(false);
});

const comm = (pid: number): string =>
  spawnSync("cat", [`/proc/${pid}/comm`])
    .stdout.toString()
    .trim();

test.skipIf(getuid?.() !== 0)(
  "a process of a container is none of this machine, whatever it is called",
  async () => {
    const program = join(folder, "influxd");
    await copyFile("/usr/bin/sleep", program);
    const inside = spawn("unshare", ["--pid", "--fork", "--kill-child", program, "60"], { stdio: "ignore" });
    const beside = spawn(program, ["60"], { stdio: "ignore" });
    try {
      const child = (): string =>
        spawnSync("cat", [`/proc/${inside.pid}/task/${inside.pid}/children`])
          .stdout.toString()
          .trim();
      while (child() === "") await new Promise((again) => setTimeout(again, 20));
      while (comm(Number(child())) !== "influxd") await new Promise((again) => setTimeout(again, 20));
      expect(isBelieved(folder, { program: "influxd*", pid: beside.pid })).toBe(true);
      expect(isBelieved(folder, { program: "influxd*", pid: Number(child()) })).toBe(false);
    } finally {
      inside.kill("SIGKILL");
      beside.kill("SIGKILL");
    }
  },
);
