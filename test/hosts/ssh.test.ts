import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { kill } from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { processesMarked } from "../../src/base/processes.ts";
import { createLauncher, type LaunchOptions } from "../../src/hosts/launcher.ts";
import type { Command } from "../../src/step/command.ts";
import type { Hop } from "../../src/step/hop.ts";
import { SSHD_PROGRAMS, startSshd, type TestSshd } from "../helpers/sshd.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import { until } from "../helpers/until.ts";

const CANARY = "canary-90ab";

suiteFor("commands on another machine, by a real sshd", SSHD_PROGRAMS, () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd({ aliases: ["far", "bastion"], config: [] });
  }, 60_000);
  afterAll(async () => sshd?.stop());

  let calls = 0;
  /** A launcher of its own for each test, so that each has its own connection. */
  const launcher = () =>
    createLauncher({
      env: { PATH: process.env["PATH"] ?? "", HOME: "/nowhere", LIFEBOAT_RUN: `ssh-test-${(calls += 1)}` },
      secret: () => CANARY,
      allow: "everything",
      graceMs: 300,
    });
  const over = (more: Partial<Extract<Hop, { via: "ssh" }>> = {}): Hop[] => [
    { via: "ssh", destination: "far", config: sshd.config, timeoutSeconds: 5, ...more },
  ];
  const there = (script: string, more: Partial<Command> = {}): Command => ({
    argv: ["sh", "-c", script],
    env: {},
    secrets: {},
    on: over(),
    ...more,
  });
  const launch = (command: Command, options: Partial<LaunchOptions> = {}) =>
    launcher()(command, { effect: "reversible", ...options });
  const marked = (): string[] =>
    processesMarked("LIFEBOAT_RUN", `ssh-test-${calls}`)
      .map(({ commandLine }) => commandLine)
      .filter((line) => !line.startsWith("ssh ") && !line.includes("ControlMaster=yes"));

  test("a command runs there with its input, folder, secrets and exit code", async () => {
    const done = await launch(
      there('cat; pwd; echo "$PGPASSWORD|$A"; exit 255', {
        stdin: "héllo 'x' !\n",
        cwd: "/usr/share",
        secrets: { PGPASSWORD: "k" },
        env: { A: "$(id)" },
      }),
    );
    expect(done.transport).toBeUndefined();
    // 255 is also what ssh itself ends with: the end line tells them apart.
    expect(done).toMatchObject({ stdout: `héllo 'x' !\n/usr/share\n${CANARY}|$(id)\n`, exit: 255 });
  });

  test("twenty commands at once go through one connection, and what is left over connects by itself", async () => {
    const launch20 = launcher();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => launch20(there(`echo ${i}`), { effect: "reads" })),
    );
    expect(all.map(({ stdout, exit }) => [stdout.trim(), exit])).toEqual(all.map((_, i) => [String(i), 0]));
    expect(await sshd.connections()).toBeLessThan(20);
  });

  test("a machine that lets only few log in at once is asked again", async () => {
    await sshd.startWith(["MaxStartups 3:100:3", "MaxSessions 2"]);
    const launch12 = launcher();
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, i) => launch12(there(`echo ${i}`), { effect: "reads" })),
    );
    await sshd.startWith([]);
    expect(all.map(({ stdout }) => stdout.trim())).toEqual(all.map((_, i) => String(i)));
  });

  test("a connection that is dropped under a command is a lost way; what ran there is ended, and the next command connects anew", async () => {
    const one = launcher();
    let begun = false;
    const lost = one(there("echo begun; sleep 71; echo after"), {
      effect: "reversible",
      onChunk: () => {
        begun = true;
      },
    });
    await until(() => begun);
    await sshd.killConnections();
    const { exit, transport } = await lost;
    expect(exit).toBeUndefined();
    expect(transport).toMatchObject({
      begun: "yes",
      what: "the connection to far was lost while the command ran",
    });
    expect(transport?.next).toContain("nothing of it runs there any more");
    expect(marked()).toEqual([]);
    expect(await one(there("echo again"), { effect: "reads" })).toMatchObject({ stdout: "again\n", exit: 0 });
  });

  test("a command that is stopped does not run on there", async () => {
    const stop = new AbortController();
    await launch(there("trap '' HUP; echo begun; sleep 72"), {
      signal: stop.signal,
      onChunk: () => stop.abort(),
    });
    expect(marked()).toEqual([]);
  });

  test("an ssh that is killed here leaves nothing running there", async () => {
    let begun = false;
    let pid = 0;
    const done = launch(there("trap '' HUP PIPE; echo begun; sleep 73"), {
      onPid: (started) => (pid = started),
      onChunk: () => {
        begun = true;
      },
    });
    await until(() => begun);
    kill(pid, "SIGKILL");
    expect((await done).transport?.begun).toBe("yes");
    expect(marked()).toEqual([]);
  });

  test("the folder of a connection's socket goes with the process", async () => {
    const runtime = await mkdtemp("/tmp/lifeboat-ssh-runtime-");
    const env = { PATH: process.env["PATH"] ?? "", HOME: "/nowhere", XDG_RUNTIME_DIR: runtime };
    const program = `
      import { createLauncher } from ${JSON.stringify(join(import.meta.dirname, "../../src/hosts/launcher.ts"))};
      const launch = createLauncher({ env: ${JSON.stringify(env)}, secret: () => "", allow: "everything" });
      const { stdout } = await launch(${JSON.stringify(there("echo hi"))}, { effect: "reads" });
      process.stdout.write(stdout, () => process.kill(process.pid, "SIGKILL"));`;
    // Killed, so nothing of this process cleans up.
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { env });
    expect(String(stdout)).toBe("hi\n");
    await until(async () => (await readdir(runtime)).length === 0);
    await rm(runtime, { recursive: true });
  });

  test("a machine whose host key has changed is refused, in words", async () => {
    await sshd.newHostKey();
    const { transport } = await launch(there("true"));
    expect(transport).toMatchObject({ begun: "no" });
    expect(transport?.next).toContain("host key");
    await sshd.newHostKey("trusted");
    expect((await launch(there("true"))).exit).toBe(0);
  });

  test("a machine that does not answer, or lets nobody in, is told", async () => {
    await sshd.halt();
    expect((await launch(there("true"))).transport).toMatchObject({
      begun: "no",
      why: expect.stringMatching(/refused/i),
    });
    await sshd.start();
    const stranger = await launch(there("true", { on: over({ destination: "nobody-here@far" }) }));
    expect(stranger.transport).toMatchObject({
      begun: "no",
      next: expect.stringContaining("log in once by hand"),
    });
  });

  test("a jump host is gone through", async () => {
    expect((await launch(there("echo hi", { on: over({ jump: "bastion" }) }))).stdout).toBe("hi\n");
  });

  test("another user there is a hop of its own", async () => {
    const done = await launch(there("id -un", { on: [...over(), { via: "sudo", user: "nobody" }] }));
    expect(done).toMatchObject({ stdout: "nobody\n", exit: 0 });
  });

  test("nothing but the text's length is in any argv, here or there", async () => {
    let seen = "";
    await launch(there("echo begun; sleep 0.3", { secrets: { PGPASSWORD: "k" } }), {
      onChunk: () => {
        seen += processesMarked("LIFEBOAT_RUN", `ssh-test-${calls}`)
          .map(({ commandLine }) => commandLine)
          .join("\n");
      },
    });
    expect(seen).toContain("head -c");
    expect(seen).not.toContain(CANARY);
  });
});
