import { kill } from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hold } from "../../src/hosts/hold.ts";
import { createLauncher, type LaunchOptions } from "../../src/hosts/launcher.ts";
import type { Command } from "../../src/step/command.ts";
import { DOCKER_PROGRAMS, noDocker, startDocker, type TestDocker } from "../helpers/docker.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import { until } from "../helpers/until.ts";

const CANARY = "canary-c81f";

const inside = (script: string, more: Partial<Command> = {}, container = "app-db"): Command => ({
  argv: ["sh", "-c", script],
  env: {},
  secrets: {},
  on: [{ via: "docker", container }],
  ...more,
});

suiteFor(
  "commands in a real container",
  DOCKER_PROGRAMS,
  () => {
    let engine: TestDocker;
    beforeAll(async () => {
      engine = await startDocker();
      await engine.docker("volume", "create", "data");
      await engine.consumer("app-db", "data");
    }, 60_000);
    afterAll(async () => engine?.stop());

    const config = () => ({
      env: { ...engine.env, LIFEBOAT_RUN: "run-1" },
      secret: () => CANARY,
      allow: "everything" as const,
      graceMs: 500,
    });
    const launch = (command: Command, options: Partial<LaunchOptions> = {}) =>
      createLauncher(config())(command, { effect: "reversible", ...options });
    /** What runs in the container besides what keeps it alive. */
    const running = async (): Promise<string[]> =>
      (await engine.docker("top", "app-db", "-eo", "pid,args"))
        .split("\n")
        .filter((line) => /sleep 6\d\b/.test(line));

    test("a command runs there with its input, folder, secrets and exit code", async () => {
      const done = await launch(
        inside('cat; pwd; echo "$PGPASSWORD"; exit 9', {
          stdin: "héllo\n",
          cwd: "/volume",
          secrets: { PGPASSWORD: "k" },
        }),
      );
      expect(done).toMatchObject({ stdout: `héllo\n/volume\n${CANARY}\n`, exit: 9 });
    });

    test("a command that is stopped does not run on in the container", async () => {
      const stop = new AbortController();
      const done = launch(inside("echo begun; sleep 61; echo after"), {
        signal: stop.signal,
        onChunk: () => stop.abort(),
      });
      expect((await done).stdout).not.toContain("after");
      expect(await running()).toEqual([]);
    });

    test("when the client is killed its command is ended there, and nothing is said to be done", async () => {
      let pid = 0;
      let begun = false;
      const done = launch(inside("echo begun; sleep 62; echo after"), {
        onPid: (started) => (pid = started),
        onChunk: () => {
          begun = true;
        },
      });
      await until(async () => begun);
      kill(pid, "SIGKILL");
      const { transport, exit } = await done;
      expect(exit).toBeUndefined();
      expect(transport).toMatchObject({
        begun: "yes",
        what: "the connection to container app-db was lost while the command ran",
      });
      expect(transport?.next).toContain("nothing of it runs there any more");
      expect(await running()).toEqual([]);
    });

    test("a container that is stopped under a command is a lost way, not a failed command", async () => {
      await engine.consumer("short", "data");
      const done = await launch(inside("echo begun; sleep 63", {}, "short"), {
        onChunk: () => void engine.docker("stop", "-t", "0", "short"),
      });
      expect(done.transport?.begun).toBe("yes");
      await expect(launch(inside("true", {}, "short"))).rejects.toMatchObject({
        facts: { what: "container short is not running" },
      });
    });

    test("a container that is made anew under the name is another one: a command for the old one is refused once", async () => {
      const launcher = createLauncher(config());
      const ask = () => launcher(inside("hostname", {}, "again"), { effect: "reads" });
      await engine.consumer("again", "data");
      const first = (await ask()).stdout;
      await engine.docker("rm", "-f", "again");
      await engine.consumer("again", "data");
      expect((await ask()).transport).toMatchObject({ begun: "no" });
      expect((await ask()).stdout).not.toBe(first);
    });

    test("a wrong name is told with the engine's words", async () => {
      await expect(launch(inside("true", {}, "nobody"))).rejects.toMatchObject({
        exit: 11,
        facts: {
          what: "container nobody cannot be reached",
          why: expect.stringMatching(/no such container/i),
          next: expect.stringContaining("docker ps -a"),
        },
      });
    });

    test("a container that is paused is told, with what lets it go on: a start would be refused", async () => {
      await engine.consumer("frozen", "data");
      await engine.docker("pause", "frozen");
      await expect(launch(inside("true", {}, "frozen"))).rejects.toMatchObject({
        exit: 11,
        facts: { why: "the engine says: paused", next: expect.stringMatching(/docker unpause frozen$/) },
      });
      await engine.docker("unpause", "frozen");
    });

    test("a user that the container does not know is told whole, and that nothing was begun", async () => {
      await engine.consumer("users", "data");
      const command = inside("true", { on: [{ via: "docker", container: "users", user: "ghost" }] });
      expect((await launch(command)).transport).toMatchObject({
        begun: "no",
        why: expect.stringMatching(/unable to find user ghost: no matching entries in passwd file$/),
        next: expect.stringContaining('"as"'),
      });
    });

    test("an engine that is not there is told", async () => {
      const command = inside("true", {
        on: [{ via: "docker", container: "app-db", engine: "unix:///nowhere.sock" }],
      });
      await expect(launch(command)).rejects.toMatchObject({
        exit: 11,
        facts: { why: expect.stringContaining("daemon") },
      });
    });

    test("a lock is held there until it is let go, and its holder's first line is heard at once", async () => {
      const held = await hold(config(), inside("echo got it; cat; touch /volume/let-go", { stdin: "" }));
      expect(held.firstLine).toBe("got it");
      expect(held.alive()).toBe(true);
      await held.release();
      expect((await launch(inside("ls /volume"))).stdout).toContain("let-go");
    });

    test("a secret is found nowhere but at the program: not in the engine's list, not in any argv", async () => {
      const secrets = { PGPASSWORD: "k" };
      let seen = "";
      const done = launch(inside('echo begun; sleep 0.5; echo "$PGPASSWORD"', { secrets }), {
        onChunk: async () => {
          seen += await engine.docker("top", "app-db", "-eo", "pid,args");
          seen += await engine.docker("inspect", "app-db");
        },
      });
      expect((await done).stdout).toContain(CANARY);
      expect(seen).toContain("sleep 0.5");
      expect(seen).not.toContain(CANARY);
    });
  },
  noDocker(),
);
