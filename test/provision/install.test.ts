import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { debianCommand } from "./install-debian.ts";
import { buildCommand, downloadedFolder } from "./install-go.ts";
import type { DebianTool } from "./need.ts";
import { runLogged } from "./run-logged.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-install-"));
});
afterEach(() => rm(folder, { recursive: true }));

const TOOLS: DebianTool[] = [
  {
    from: "debian",
    package: "cellar-server",
    programs: ["cellard"],
    units: ["cellar.service", "cellar.socket"],
  },
  { from: "debian", package: "cellar-tools", programs: ["cellar"] },
];

/** The real script with an apt-get and a systemctl that only write down what they were asked, and what they saw. */
async function installWithFakes(aptExit = 0): Promise<{ asked: string; policy: string; failed: boolean }> {
  const [bin, policy, asked] = [join(folder, "bin"), join(folder, "policy-rc.d"), join(folder, "asked")];
  await mkdir(bin, { recursive: true });
  const note = `echo "$(basename "$0") $* [policy: $(test -e ${policy} && sh ${policy}; echo $?)]" >>${asked}`;
  await fake(join(bin, "apt-get"), `${note}\ntest "$1" = update || exit ${aptExit}`);
  await fake(join(bin, "systemctl"), note);
  const argv = debianCommand(TOOLS, true).map((word) => word.replace("/usr/sbin/policy-rc.d", policy));
  let failed = false;
  try {
    execFileSync(argv[0] ?? "", argv.slice(1), { env: { PATH: `${bin}:/usr/bin:/bin` }, stdio: "ignore" });
  } catch {
    failed = true;
  }
  return { asked: await readFile(asked, "utf8"), policy, failed };
}

async function fake(file: string, script: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

test("a server is kept from starting while its package is installed, and at the next boot", async () => {
  const { asked, policy } = await installWithFakes();
  const install = "install -y --no-install-recommends --no-remove cellar-server cellar-tools";
  expect(asked).toContain(`apt-get ${install} [policy: 101]`);
  expect(asked).toContain("systemctl disable cellar.service");
  expect(asked).toContain("systemctl disable cellar.socket");
  await expect(readFile(policy)).rejects.toThrow("ENOENT");
});

test("services may start again after an installation that failed", async () => {
  const { failed, policy } = await installWithFakes(100);
  expect(failed).toBe(true);
  await expect(readFile(policy)).rejects.toThrow("ENOENT");
});

test("the machine's own policy stays as it was", async () => {
  await writeFile(join(folder, "policy-rc.d"), "exit 104\n");
  const { asked, policy } = await installWithFakes();
  expect(asked).toContain("[policy: 104]");
  expect(await readFile(policy, "utf8")).toBe("exit 104\n");
});

test("whoever is not root is asked by sudo", () => {
  expect(debianCommand(TOOLS, false).slice(0, 3)).toEqual(["sudo", "sh", "-c"]);
  expect(debianCommand(TOOLS, true)[0]).toBe("sh");
});

test("a Go program gets the version its own project would have given it", () => {
  const argv = buildCommand(
    { from: "go", program: "c", module: "m", version: "v1.0.0", main: "./c", set: { "main.Version": "1.0" } },
    "/out/c",
  );
  expect(argv).toContain("-s -w -X main.Version=1.0");
  expect(argv.slice(-3)).toEqual(["-o", "/out/c", "./c"]);
});

test("a module that the proxy does not give: its reason is said", () => {
  const said = '{"Path": "example.org/c", "Error": "reading example.org/c/@v/v9.info: 403 Forbidden"}';
  expect(() => downloadedFolder(said)).toThrow("403 Forbidden");
  expect(() => downloadedFolder("")).toThrow("no reason");
  expect(downloadedFolder('{"Dir": "/home/kim/go/pkg/mod/c@v1"}')).toBe("/home/kim/go/pkg/mod/c@v1");
});

test("a command that fails says why: the end of its output and where all of it is", async () => {
  const log = join(folder, "log", "x.log");
  const failing = runLogged(["sh", "-c", "echo E: no such package >&2; exit 3"], { log });
  await expect(failing).rejects.toThrow(/sh: exit 3[^]*E: no such package[^]*x\.log/);
});
