import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DOCKER_PROGRAMS, noDocker } from "../../../helpers/docker.ts";
import type { Ran } from "../../../helpers/lifeboat.ts";
import { REDIS_PROGRAMS } from "../../../helpers/redis.ts";
import {
  type ContainerOptions,
  containerEnv,
  openRedisContainerEstate,
  type RedisContainer,
  type RedisContainerEstate,
} from "../../../helpers/redis-container.ts";
import { said } from "../../../helpers/redis-estate.ts";
import { suiteFor } from "../../../helpers/suite-for.ts";
import { watchingProcesses } from "../../../helpers/watching-processes.ts";
import { whileRepeating } from "../../../helpers/while-repeating.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 240_000 });

const untouched = async (server: RedisContainer): Promise<void> => {
  expect(await server.cli("GET", "its own")).toBe("1");
  expect(await server.cli("SET", "a write", "is taken")).toBe("OK");
  expect(await server.files(/^lifeboat-/)).toEqual([]);
};

suiteFor(
  "Redis in a container: what is refused, and what goes wrong on the way",
  [...REDIS_PROGRAMS, ...DOCKER_PROGRAMS],
  () => {
    let estate: RedisContainerEstate;
    let backup: string;
    let made = 0;

    beforeAll(async () => {
      estate = await openRedisContainerEstate();
      backup = await estate.backup();
    });
    afterAll(() => estate?.stop());

    /** Another server on the same engine, with a key of its own, and the run on it. */
    const on = async (
      options: Omit<ContainerOptions, "name">,
      use: (
        server: RedisContainer,
        run: (args?: string[], env?: Record<string, string>) => Promise<Ran>,
      ) => Promise<void>,
    ): Promise<void> => {
      const server = await estate.add({ ...options, name: `other-${(made += 1)}` });
      try {
        await server.cli("SET", "its own", "1");
        await use(server, (args = [], env = {}) =>
          estate.restore(["--backup", backup, ...args], {
            ...containerEnv(server, options.password),
            ...env,
          }),
        );
      } finally {
        await estate.engine.docker("rm", "-f", server.name);
      }
    };
    describe("refused by the preflight", () => {
      test.each<[string, string[], Record<string, string>, RegExp]>([
        ["data in the container's own layer", [], {}, /\/data is the container's own layer, or a tmpfs/],
        [
          "data on a tmpfs",
          ["--tmpfs", "/data:mode=1777"],
          {},
          /\/data is the container's own layer, or a tmpfs/,
        ],
        [
          "a container made with --rm",
          ["--rm", "-v", "rm:/data"],
          {},
          /was made with --rm: stopping it removes it/,
        ],
        [
          "a node of a cluster",
          ["-v", "cluster:/data"],
          { "cluster-enabled": "yes" },
          /it is a node of a cluster/,
        ],
      ])("%s", (_, run, settings, says) =>
        on({ run, settings }, async (server, restore) => {
          const write = server.cli("SET", "its own", "1");
          await write.catch(() => undefined);
          const ran = await restore();
          expect(ran.code, said(ran)).toBe(11);
          expect(said(ran)).toMatch(says);
          expect(await server.state()).toBe("running");
        }),
      );

      test("a server that Sentinels watch: they would make another one the master while it is stopped", () =>
        on({}, async (server, restore) => {
          const sentinel = await server.client();
          await sentinel.send("CLIENT", "SETNAME", "sentinel-1a2b-cmd");
          const ran = await restore();
          sentinel.end();
          expect(ran.code, said(ran)).toBe(11);
          expect(said(ran)).toMatch(/1 connections? of Sentinels/);
          await untouched(server);
        }));

      test("a port that is the published one and not the container's own", () =>
        on({}, async (server, restore) => {
          const ran = await restore([], { QUEUE_PORT: "1" });
          expect(ran.code, said(ran)).toBe(11);
          expect(said(ran)).toMatch(
            /runs, and nobody listens there: server and port are those inside the container/,
          );
          await untouched(server);
        }));

      test("a container that is paused, or not there", () =>
        on({}, async (server, restore) => {
          await estate.engine.docker("pause", server.name);
          const paused = await restore();
          await estate.engine.docker("unpause", server.name);
          expect(paused.code, said(paused)).toBe(11);
          expect(said(paused)).toMatch(/docker unpause other-/);
          const gone = await restore([], { QUEUE_CONTAINER: "nobody" });
          expect(gone.code, said(gone)).toBe(11);
          expect(said(gone)).toMatch(/No such container: nobody/);
          await untouched(server);
        }));

      test("data that the container's memory limit would have it killed for", () =>
        on({ run: ["-v", "small:/data", "--memory", "64m"] }, async (server) => {
          const large = await estate.backup();
          await estate.changeManifest(large, (text) =>
            text.replace(/"bytes": \d+,\n "rdb"/, '"bytes": 90000000,\n "rdb"'),
          );
          const ran = await estate.restore(["--backup", large], containerEnv(server));
          expect(ran.code, said(ran)).toBe(11);
          expect(said(ran)).toMatch(/the container may use 67 MB/);
          await untouched(server);
        }));
    });

    test("the password is in no argument and in nothing that is written", () =>
      on({ password: "canary-4711", run: ["-v", "canary:/data"] }, async (server, restore) => {
        const { result: ran, argv } = await watchingProcesses(restore());
        expect(ran.code, said(ran)).toBe(0);
        expect(said(ran)).not.toContain("canary-4711");
        // But for the container's own command, which docker starts again.
        const others = [...argv].filter((line) => !line.includes("--requirepass canary-4711"));
        expect(others.filter((line) => line.includes("canary-4711"))).toEqual([]);
        const [run = ""] = await estate.runs();
        for (const name of await readdir(join(estate.home, "runs", run), { recursive: true })) {
          const text = await readFile(join(estate.home, "runs", run, name), "utf8").catch(() => "");
          expect(text.includes("canary-4711"), name).toBe(false);
        }
        expect(await server.cli("EXISTS", "its own")).toBe("0");
      }));

    test("a server that does not come up on the backup: its last words are shown, the old data is served again at once", () =>
      on(
        {
          run: ["-v", "stubborn:/data"],
          command: [
            "sh",
            "-c",
            'if [ -e /data/lifeboat-before-*/placed ]; then echo "my own reason"; exit 3; fi; exec redis-server "$@"',
            "sh",
          ],
        },
        async (server, restore) => {
          const ran = await restore();
          expect(ran.code, said(ran)).toBe(20);
          expect(said(ran)).toMatch(/my own reason/);
          expect(said(ran)).toMatch(/the engine says of its container: exited/);
          expect(await server.cli("GET", "its own")).toBe("1");
          expect(await server.cli("SET", "a write", "is taken")).toBe("OK");
          const [run = ""] = await estate.runs();
          await estate.lifeboat(["undo", run, "--confirm", "queue"], containerEnv(server));
          await untouched(server);
          expect(await estate.engine.docker("ps", "-aq", "--filter", "label=lifeboat.run")).toBe("");
        },
      ));

    test("who writes the moment the server is up makes the comparison red by name, is told of before, and loses nothing by the undo", () =>
      on({ run: ["-v", "busy:/data"] }, async (server, restore) => {
        const writer = (): Promise<unknown> => server.cli("SET", "hammer", "x").catch(() => undefined);
        const ran = await whileRepeating(
          async () => void (await writer()),
          () => restore(),
        );
        // Whether it gets in before the fence is a matter of milliseconds.
        expect([0, 20, 21, 24]).toContain(ran.code);
        if (ran.code !== 0) expect(said(ran)).toMatch(/hammer \(not in the backup\)/);
        expect(await server.cli("SET", "a write", "is taken")).toBe("OK");
      }));

    test("an anonymous volume survives the helper containers that share it", () =>
      on({ run: ["-v", "/data"] }, async (server, restore) => {
        const drill = await restore(["--drill"]);
        expect(drill.code, said(drill)).toBe(0);
        const ran = await restore();
        expect(ran.code, said(ran)).toBe(0);
        expect(await server.cli("EXISTS", "its own", "user:7")).toBe("1");
        await server.restart();
        expect(await server.cli("EXISTS", "user:7")).toBe("1");
      }));
  },
  noDocker(),
);
