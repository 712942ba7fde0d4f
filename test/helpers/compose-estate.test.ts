import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ComposeEstate, ESTATE_PROGRAMS, startComposeEstate } from "./compose-estate.ts";
import {
  appService,
  clickhouseService,
  idleService,
  influxdbService,
  minioService,
  mongodbService,
  postgresService,
  redisService,
} from "./compose-services.ts";
import { noDocker } from "./docker.ts";
import { freePort } from "./free-port.ts";
import { suiteFor } from "./suite-for.ts";

const ask = async (url: string, body?: object): Promise<{ status: number; body: string }> => {
  const more = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(url, more);
  return { status: answer.status, body: await answer.text() };
};

/** vendhub-redis with the volume redis_data, as the users' containers are called. */
const server = (name: string, port: number) => ({
  container: `vendhub-${name}`,
  port,
  volume: `${name}_data`,
});

suiteFor(
  "an estate in compose",
  ESTATE_PROGRAMS,
  () => {
    describe.each(["docker compose", "docker-compose"] as const)("by %s", (program) => {
      let estate: ComposeEstate;
      let web: string;
      let ports: { postgres: number; redis: number; minio: number; app: number };
      const sql = (text: string): Promise<string> =>
        estate.exec(
          "postgres",
          ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-U", "vendhub", "-p", String(ports.postgres)],
          text,
        );

      beforeAll(async () => {
        ports = {
          postgres: await freePort(),
          redis: await freePort(),
          minio: await freePort(),
          app: await freePort(),
        };
        web = `http://127.0.0.1:${ports.app}`;
        const stores = ["postgres", "redis", "minio"];
        estate = await startComposeEstate({
          program,
          project: "vendhub",
          file: "docker-compose.prod.yml",
          dotenv: { REDIS_PASSWORD: "redis-pw" },
          services: {
            postgres: postgresService({
              ...server("postgres", ports.postgres),
              password: "pw",
              user: "vendhub",
            }),
            redis: redisService({
              ...server("redis", ports.redis),
              password: "${REDIS_PASSWORD}",
            }),
            minio: minioService({
              ...server("minio", ports.minio),
              user: "lifeboat",
              password: "lifeboat-pw",
            }),
            backend: appService({
              container: "vendhub-backend",
              port: ports.app,
              depends_on: stores,
              environment: {
                PGHOST: "127.0.0.1",
                PGPORT: String(ports.postgres),
                PGUSER: "vendhub",
                PGPASSWORD: "pw",
                PGDATABASE: "vendhub",
                REDIS_PORT: String(ports.redis),
                REDIS_PASSWORD: "${REDIS_PASSWORD}",
                QUEUES: "commission",
                BUCKET: "vendhub",
                MC_HOST_own: `http://lifeboat:lifeboat-pw@127.0.0.1:${ports.minio}`,
              },
            }),
            "job-scheduler": idleService("vendhub-job-scheduler", ["redis"]),
          },
        });
        await estate.up();
      }, 300_000);
      afterAll(() => estate?.stop());

      test("the application answers for its stores, and says which one is down", async () => {
        expect(await ask(`${web}/health`)).toEqual({
          status: 200,
          body: '{"status":"ok","database":"up","redis":"up"}',
        });
        await estate.compose("stop", "redis");
        const sick = await ask(`${web}/api/health`);
        expect(sick.status).toBe(503);
        expect(sick.body).toMatch(/"database":"up","redis":"down: /);
        expect((await ask(`${web}/health/queues`)).status).toBe(503);
        await estate.up("redis");
        expect((await ask(`${web}/health`)).status).toBe(200);
      }, 300_000);

      test("a login is a row, a queue is a list, content is an object that a row points at", async () => {
        await sql(`CREATE TABLE users (id int, email text, password_hash text);
INSERT INTO users VALUES (7, 'o''hara@example.org', md5('it''s'));
CREATE TABLE content (id text, key text); INSERT INTO content VALUES ('c1', 'a b/ü.txt');`);
        const login = `${web}/api/v1/auth/login`;
        expect((await ask(login, { email: "o'hara@example.org", password: "it's" })).status).toBe(200);
        expect((await ask(login, { email: "o'hara@example.org", password: "' OR true --" })).status).toBe(
          401,
        );
        const jobs = ["redis-cli", "-p", String(ports.redis), "rpush", "bull:commission:wait", "1", "2"];
        await estate.exec("redis", jobs);
        expect((await ask(`${web}/health/queues`)).body).toContain(
          '"commission":{"wait":2,"active":0,"failed":0}',
        );
        const mc = (...words: string[]): Promise<string> =>
          estate.exec("backend", ["mc", "--quiet", ...words], "picture");
        expect((await ask(`${web}/content/c1`)).status).toBe(500);
        await mc("mb", "own/vendhub");
        await mc("pipe", "own/vendhub/a b/ü.txt");
        expect(await ask(`${web}/content/c1`)).toEqual({ status: 200, body: "picture" });
        expect((await ask(`${web}/content/c2`)).status).toBe(404);
      }, 300_000);

      test("what is lost is gone: containers, volumes and rows; bringing it up again finds nothing of it", async () => {
        await estate.lose();
        expect(await estate.engine.docker("ps", "-aq")).toBe("");
        expect(await estate.engine.docker("volume", "ls", "-q")).toBe("");
        await expect(fetch(`${web}/health`)).rejects.toThrow();
        expect(await estate.stateOf("backend")).toBe("gone");
        await estate.up();
        expect(await estate.stateOf("postgres")).toBe("running healthy");
        expect(await estate.stateOf("job-scheduler")).toBe("running");
        await expect(sql("SELECT count(*) FROM users")).rejects.toThrow('relation "users" does not exist');
        await estate.down("volumes");
        expect(await estate.engine.docker("volume", "ls", "-q")).toBe("");
      }, 300_000);
    });

    test("the other servers become healthy too, and nothing is left when it is stopped", async () => {
      const estate = await startComposeEstate({
        services: {
          influxdb: influxdbService({
            ...server("influxdb", await freePort()),
            backupPort: await freePort(),
          }),
          clickhouse: clickhouseService({
            ...server("clickhouse", await freePort()),
            httpPort: await freePort(),
          }),
          mongodb: mongodbService({
            ...server("mongodb", await freePort()),
            user: "mongoadmin",
            password: "pw",
          }),
        },
      });
      await estate.up();
      await estate.stop();
      expect(existsSync(estate.engine.folder)).toBe(false);
    }, 300_000);

    test("a service that does not come up is told with its last words", async () => {
      const command = ["sh", "-c", "echo no room left >&2; exit 3"];
      const estate = await startComposeEstate({ services: { broken: { command } } });
      await vi.waitFor(
        () => expect(estate.up()).rejects.toThrow(/does not come up: exited[^]*no room left/),
        60_000,
      );
      await estate.stop();
    }, 120_000);
  },
  noDocker(),
);
