import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { COMPOSE_PROGRAMS, DOCKER_PROGRAMS, noDocker } from "../../../helpers/docker.ts";
import { REDIS_PROGRAMS } from "../../../helpers/redis.ts";
import {
  CACHE_SYSTEM,
  openRedisContainerEstate,
  type RedisContainer,
  type RedisContainerEstate,
  redisContainerAt,
} from "../../../helpers/redis-container.ts";
import { said } from "../../../helpers/redis-estate.ts";
import type { RedisSnapshot } from "../../../helpers/redis-snapshot.ts";
import { type TestSshd, SSHD_PROGRAMS, startSshd } from "../../../helpers/sshd.ts";
import { suiteFor } from "../../../helpers/suite-for.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 });

const PASSWORD = "geheim";
const composeFile = (name: string, port: number): string => `version: "3"
services:
  redis:
    image: lifeboat-test/redis
    container_name: ${name}
    network_mode: host
    restart: always
    command: redis-server --port ${port} --bind 127.0.0.1 --appendonly yes --requirepass "\${CACHE_PASSWORD:?not set}"
    volumes: ["data:/data"]
volumes:
  data:
    external: true
    name: shop-redis
`;
const HOST = /hosts:\n.*\n/;

suiteFor(
  "Redis in a container: the ways there",
  [...REDIS_PROGRAMS, ...DOCKER_PROGRAMS, ...COMPOSE_PROGRAMS, ...SSHD_PROGRAMS],
  () => {
    let estate: RedisContainerEstate;
    let sshd: TestSshd;
    let held: RedisSnapshot;

    beforeAll(async () => {
      estate = await openRedisContainerEstate({ password: PASSWORD });
      held = await estate.server.snapshot();
      sshd = await startSshd();
    });
    afterAll(async () => {
      await sshd?.stop();
      await estate?.stop();
    });

    /** Backup → damage → live → undo, with this as the store's host. */
    const roundTrip = async (server: RedisContainer, hosts: string, format: string): Promise<void> => {
      // Whatever a test before this one has left.
      await server.cli("FLUSHALL");
      await server.fill();
      held = await server.snapshot();
      const system = CACHE_SYSTEM.replace(HOST, hosts);
      await estate.writeSystem(system);
      const backup = await estate.takeBackup({
        args: ["queue"],
        yaml: system.replace("queue-{timestamp}*", `queue-{timestamp}.${format}`),
      });
      await server.cli("DEL", "user:7", "bull:queue:1");
      const damaged = await server.snapshot();
      const live = await estate.restore(["--backup", backup]);
      expect(live.code, said(live)).toBe(0);
      expect(await server.snapshot()).toEqual(held);
      const [run = ""] = await estate.runs();
      const undo = await estate.lifeboat(["undo", run, "--confirm", "queue"]);
      expect(undo.code, said(undo)).toBe(0);
      expect(await server.snapshot()).toEqual(damaged);
      expect(await server.files(/^lifeboat-/)).toEqual([]);
    };

    test("docker of another machine, by ssh: backups come from there, and are streamed there", async () => {
      const engine = estate.engine.env["DOCKER_HOST"];
      await roundTrip(
        estate.server,
        `hosts:
  far: { kind: ssh, destination: ${sshd.alias}, config: ${sshd.config} }
  cache: { kind: docker, on: far, container: shop-redis, engine: "${engine}" }
`,
        "rdb.gz",
      );
    });

    test.each(["docker-compose", "docker compose"])("the service of a project, by %s", async (program) => {
      const { engine } = estate;
      const folder = join(estate.folder, program.replace(" ", "-2-"));
      const server = redisContainerAt(engine, {
        ...estate.server,
        name: "shop-of-compose",
        password: PASSWORD,
      });
      await engine.docker("stop", estate.server.name);
      await mkdir(folder);
      const file = join(folder, "docker-compose.yml");
      await writeFile(file, composeFile(server.name, server.port));
      const compose = (...words: string[]): string => {
        const [first = "", ...rest] = [...program.split(" "), "-f", file, "-p", "shop", ...words];
        return execFileSync(first, rest, {
          env: { ...engine.env, CACHE_PASSWORD: PASSWORD },
          encoding: "utf8",
          stdio: "pipe",
        });
      };
      compose("up", "-d");
      await server.up();
      await roundTrip(
        server,
        `hosts:
  stack: { kind: compose, program: ${program}, files: [${file}], project: shop, env: { CACHE_PASSWORD: "\${QUEUE_PASSWORD}" } }
  cache: { kind: compose, of: stack, service: redis }
`,
        "rdb",
      );
      compose("down");
      await engine.docker("start", estate.server.name);
      await estate.server.up();
    });
  },
  noDocker(),
);
