import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { isRunning } from "./is-running.ts";
import { SSHD_PROGRAMS, startSshd, type TestSshd } from "./sshd.ts";
import { suiteFor } from "./suite-for.ts";

suiteFor("a sshd of a test's own", SSHD_PROGRAMS, () => {
  let sshd: TestSshd;
  let folder: string;
  beforeAll(async () => {
    sshd = await startSshd({ aliases: ["far", "bastion"] });
    folder = await mkdtemp("/tmp/lifeboat-sshd-test-");
  });
  afterAll(async () => {
    await sshd?.stop();
    await rm(folder, { recursive: true });
  });

  const written = (file: string): Promise<string> =>
    vi.waitFor(async () => {
      const text = await readFile(join(folder, file), "utf8");
      expect(text).toContain("\n");
      return text.trim();
    }, 20_000);

  test("a command runs there as its user, and its exit code comes back", async () => {
    expect(await sshd.ssh("id", "-un")).toBe(`${sshd.user}\n`);
    await expect(sshd.ssh("exit", "7")).rejects.toMatchObject({ code: 7 });
  });

  test("nobody comes in without the key", async () => {
    const words = ["-o", "PubkeyAuthentication=no", "-o", "BatchMode=yes", "true"];
    await expect(sshd.ssh(...words)).rejects.toMatchObject({ code: 255 });
  });

  test("it can be the jump before itself", async () => {
    expect(await sshd.ssh("-J", "bastion", "echo", "over")).toBe("over\n");
  });

  test("a dropped connection is 255 to the client, and the command there lives on until the server is stopped", async () => {
    const argv = ["-F", sshd.config, sshd.alias, `echo $$ > ${folder}/pid; exec sleep 600`];
    const client = spawn("ssh", argv, { stdio: ["pipe", "ignore", "ignore"] });
    const pid = await written("pid");
    expect(await sshd.connections()).toBe(1);
    expect(await sshd.killConnections()).toBe(1);
    expect((await once(client, "exit"))[0]).toBe(255);
    expect(await isRunning(pid)).toBe(true);
    expect(await sshd.ssh("echo", "again")).toBe("again\n");
    const other = await startSshd();
    await other.stop();
    expect(await isRunning(pid)).toBe(true);
    await sshd.stop();
    expect(await isRunning(pid)).toBe(false);
    sshd = await startSshd();
  });

  test("a host key that changed is refused by a strict client until it is trusted", async () => {
    const before = await sshd.hostKey();
    await sshd.newHostKey();
    expect(await sshd.hostKey()).not.toBe(before);
    await expect(sshd.ssh("true")).rejects.toThrow("REMOTE HOST IDENTIFICATION HAS CHANGED");
    await sshd.newHostKey("trusted");
    expect(await sshd.ssh("echo", "known")).toBe("known\n");
  });

  test("when it is stopped, nothing of it is left", async () => {
    const other = await startSshd({ config: ["Banner none"] });
    await other.stop();
    expect(existsSync(other.folder)).toBe(false);
    await expect(other.ssh("true")).rejects.toThrow();
  });
});
