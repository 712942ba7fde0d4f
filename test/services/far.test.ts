import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { DOCKER_PROGRAMS, noDocker, RUNS } from "../helpers/docker.ts";
import { openServicesEstate, type ServicesEstate } from "../helpers/services-estate.ts";
import { SSHD_PROGRAMS, startSshd, type TestSshd } from "../helpers/sshd.ts";
import { suiteFor } from "../helpers/suite-for.ts";

// Many programs are started one after the other: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const STEPS = (host: string, names: string): string => `
  - { id: stop, kind: services, host: ${host}, do: stop, grace: 1s, names: [${names}] }
  - { id: start, kind: services, host: ${host}, do: start, within: 30s, names: [${names}] }
`;

suiteFor(
  "services of a compose project on another machine, and of containers",
  [...DOCKER_PROGRAMS, ...SSHD_PROGRAMS, "docker-compose-v2"],
  () => {
    let sshd: TestSshd;
    let estate: ServicesEstate;
    let there: string;

    beforeAll(async () => {
      sshd = await startSshd({ aliases: ["far"] });
      estate = await openServicesEstate("docker compose");
      there = join(estate.folder, "there");
      await mkdir(there);
      const engine = estate.engine.env["DOCKER_HOST"] ?? "";
      await estate.writeSystem(`title: Wharf
environment: test
hosts:
  server: { kind: ssh, destination: far, config: ${sshd.config}, tmp: ${there}, path: [${(estate.engine.env["PATH"] ?? "").replaceAll(":", ", ")}] }
  stack:
    kind: compose
    on: server
    program: docker compose
    engine: ${engine}
    files: [${estate.file}]
    project: wharf
    env: { WHARF_PASSWORD: canary-wharf, DOCKER_CONFIG: ${estate.engine.env["DOCKER_CONFIG"]} }
  box: { kind: docker, container: wharf-box }
stores:
  database: { kind: postgres, database: wharf }
`);
    }, 60_000);
    afterAll(async () => {
      await estate?.stop();
      await sshd?.stop();
    });
    afterEach(() => estate.compose("down", "-v", "-t", "1"));

    test("compose is run there, its record lies there, and what ran before runs again", async () => {
      await estate.compose("up", "-d", "db", "worker");
      const before = await estate.startedAt();
      const plan = await estate.runSteps(STEPS("stack", "db, idle"), ["--dry-run"]);
      expect(plan.stdout).toContain("ssh");
      const ran = await estate.runSteps(STEPS("stack", "db, idle"));
      expect(ran.stdout).toMatch(/ended +DONE/);
      expect(await estate.running()).toEqual(["db", "worker"]);
      const now = await estate.startedAt();
      expect(now["db"]).not.toBe(before["db"]);
      expect(now["worker"]).toBe(before["worker"]);
      const [run = ""] = await estate.runs();
      expect(await readdir(join(there, `lifeboat-${run}.services`))).toEqual([
        "services-start",
        "services-stop",
      ]);
      expect(ran.stdout).not.toContain("canary-wharf");
    });

    test("a container by itself is stopped and started, by the name of its host", async () => {
      await estate.engine.docker(
        "run",
        "-d",
        "--name",
        "wharf-box",
        "--network",
        "none",
        estate.engine.image,
        "sh",
        "-c",
        RUNS,
      );
      const ran = await estate.runSteps(STEPS("box", "").replaceAll(", names: []", ""));
      expect(ran.stdout).toMatch(/ended +DONE/);
      expect(await estate.engine.docker("ps", "--format", "{{.Names}}")).toBe("wharf-box");
      await estate.engine.docker("rm", "-f", "wharf-box");
      const gone = await estate.runSteps(STEPS("box", "").replaceAll(", names: []", ""));
      expect(gone.code).toBe(11);
      expect(gone.stdout).toMatch(/[Nn]o such container: wharf-box/);
    });
  },
  noDocker(),
);
