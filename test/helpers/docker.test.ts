import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COMPOSE_PROGRAMS, DOCKER_PROGRAMS, noDocker, startDocker, type TestDocker } from "./docker.ts";
import { suiteFor } from "./suite-for.ts";

suiteFor(
  "a docker engine of a test's own",
  [...DOCKER_PROGRAMS, ...COMPOSE_PROGRAMS],
  () => {
    let engine: TestDocker;
    beforeAll(async () => {
      engine = await startDocker();
    });
    afterAll(() => engine?.stop());

    test("keeps a volume's files where it says, and a container uses it until it is stopped", async () => {
      await engine.docker("volume", "create", "shelf");
      await engine.consumer("reader", "shelf");
      await engine.inside("shelf", "echo book > title");
      expect(existsSync(`${engine.pathOf("shelf")}/title`)).toBe(true);
      expect(await engine.docker("ps", "--filter", "volume=shelf", "--format", "{{.Names}}")).toBe("reader");
    });

    test("a failing docker command is an error with its words", async () => {
      await expect(engine.docker("volume", "inspect", "none")).rejects.toThrow(/no such volume/i);
    });

    test("both composes are there and are told apart", async () => {
      expect(await engine.docker("compose", "version", "--short")).toMatch(/^v?2\./);
      const v1 = execFileSync("docker-compose", ["version", "--short"], {
        env: engine.env,
        encoding: "utf8",
      });
      expect(v1).toMatch(/^1\./);
    });

    test("when it is stopped, nothing of it is left: no folder, no mount, no process", async () => {
      const other = await startDocker();
      await other.docker("volume", "create", "shelf");
      await other.consumer("reader", "shelf");
      await other.stop();
      expect(existsSync(other.folder)).toBe(false);
      expect(readFileSync("/proc/mounts", "utf8")).not.toContain(other.folder);
    });
  },
  noDocker(),
);
