import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT } from "../../src/base/exit-codes.ts";
import { DOCKER_PROGRAMS, noDocker, startDocker, type TestDocker } from "../helpers/docker.ts";
import { openOperator, type Operator } from "../helpers/operator.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import { until } from "../helpers/until.ts";

const SYSTEM = `title: App
environment: test
hosts:
  box: { kind: docker, container: app-db }
stores:
  cache: { kind: redis, server: localhost }
`;

/** Works until it is told to go, then is done; what it did is seen in the container's volume. */
const WORK = `title: Work
scenario: something has to be done in the container
steps:
  - id: work
    kind: command
    host: box
    run: [sh, -c, 'test -e go || { touch begun; sleep 600; }; touch done']
    cwd: /volume
    effect: reversible
    probe: [sh, -c, 'test -e done && echo DONE || echo "NOT DONE"']
`;

suiteFor(
  "a step whose command runs in a container",
  DOCKER_PROGRAMS,
  () => {
    let engine: TestDocker;
    let operator: Operator;
    beforeAll(async () => {
      engine = await startDocker();
      await engine.docker("volume", "create", "data");
      await engine.consumer("app-db", "data");
      operator = await openOperator({
        folder: join(engine.folder, "operator"),
        system: "app",
        files: { system: SYSTEM, work: WORK },
        backups: "UNUSED_BACKUPS",
        env: engine.env,
        end: async () => undefined,
      });
    }, 60_000);
    afterAll(async () => {
      await operator?.stop();
      await engine?.stop();
    });

    const at = (name: string): string => join(engine.pathOf("data"), name);
    const sleeping = async (): Promise<boolean> =>
      (await engine.docker("top", "app-db", "-eo", "pid,args")).includes("sleep 600");

    test("is planned as what a person would type", async () => {
      const { stdout } = await operator.lifeboat(["plan", "app", "work", "--mode", "live"]);
      expect(stdout).toContain("docker exec -w /volume app-db sh -c");
    });

    test("a dry run starts nothing in the container", async () => {
      const { code } = await operator.lifeboat(["run", "app", "work", "--dry-run"]);
      expect(code).toBe(EXIT.done);
      expect(existsSync(at("begun"))).toBe(false);
    });

    test("Lifeboat killed under it: what goes on in the container is found, stands in the way, and is ended by resume", async () => {
      const run = operator.start(["run", "app", "work", "--live", "--plain"]);
      await until(() => existsSync(at("begun")));
      run.kill("SIGKILL");
      await run.ended;
      expect(await sleeping()).toBe(true);

      const second = await operator.lifeboat(["run", "app", "work", "--live", "--plain"]);
      expect(second.code).toBe(EXIT.locked);
      expect(second.stderr).toContain("on container app-db: process");

      await writeFile(at("go"), "");
      const resumed = await operator.lifeboat(["resume", "--plain"]);
      expect(resumed.stdout + resumed.stderr).toContain("on container app-db: process");
      expect(resumed.code).toBe(EXIT.done);
      expect(await sleeping()).toBe(false);
      expect(existsSync(at("done"))).toBe(true);
    });

    test("stopped by ctrl-c it does not go on in the container", async () => {
      await engine.inside("data", "rm -f begun go done");
      const run = operator.start(["run", "app", "work", "--live", "--plain"]);
      await until(() => existsSync(at("begun")));
      run.kill("SIGINT");
      expect((await run.ended).code).toBe(EXIT.interrupted);
      expect(await sleeping()).toBe(false);
      expect(existsSync(at("done"))).toBe(false);

      await writeFile(at("go"), "");
      const resumed = await operator.lifeboat(["resume", "--plain"]);
      // Not even the processes of the look itself are said to run there.
      expect(resumed.stdout).not.toContain("still running");
      expect(resumed.code).toBe(EXIT.done);
    });

    test("given up where nobody can be asked any more: that the container was not asked is said", async () => {
      await engine.inside("data", "rm -f begun go done");
      const run = operator.start(["run", "app", "work", "--live", "--plain"]);
      await until(() => existsSync(at("begun")));
      run.kill("SIGKILL");
      await run.ended;
      await engine.docker("kill", "app-db");
      const [id = ""] = await operator.runs();
      const giveUp = () => operator.lifeboat(["abandon", id, "--because", "the machine is gone"]);
      // Its client on this machine takes a moment to end.
      await expect.poll(async () => (await giveUp()).stdout, { timeout: 15_000 }).toContain("abandoned");
      const report = (await operator.lifeboat(["report", id])).stdout;
      expect(report).toContain("whether something of it still runs on container app-db was not asked");
    });
  },
  noDocker(),
);
