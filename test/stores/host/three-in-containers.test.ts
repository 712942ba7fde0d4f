import { mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DOCKER_PROGRAMS, noDocker, startDocker, type TestDocker } from "../../helpers/docker.ts";
import { freePort } from "../../helpers/free-port.ts";
import {
  MACHINE_IMAGE,
  MACHINE_PROGRAMS,
  machineFlags,
  makeMachineImage,
} from "../../helpers/machine-image.ts";
import { openOperator, type Operator } from "../../helpers/operator.ts";
import { suiteFor } from "../../helpers/suite-for.ts";

const SLOW = 600_000;
const STORES = ["metrics", "analytics", "temperatures"];

suiteFor(
  "ClickHouse, MongoDB and InfluxDB whose programs run in their containers",
  [...DOCKER_PROGRAMS, ...MACHINE_PROGRAMS],
  () => {
    let engine: TestDocker;
    let operator: Operator;
    const ports = { click: "", http: "", mongo: "", influx: "", backup: "" };

    const inside = (name: string, ...argv: string[]): Promise<string> => engine.docker("exec", name, ...argv);
    const click = (sql: string): Promise<string> =>
      inside(
        "far-clickhouse",
        "clickhouse-client",
        "--host=127.0.0.1",
        `--port=${ports.click}`,
        "--password=pw",
        "--query",
        sql,
      );
    const mongo = (words: string): Promise<string> =>
      inside(
        "far-mongodb",
        "mongosh",
        "--quiet",
        "--norc",
        `mongodb://root:pw@127.0.0.1:${ports.mongo}/vizora?authSource=admin`,
        "--eval",
        words,
      );
    const influx = (words: string): Promise<string> =>
      inside("far-influxdb", "influx", "-port", ports.influx, "-format", "csv", "-execute", words);

    /** What is in each of them, as an independent eye counts it. */
    const content = async (): Promise<string[]> => [
      await click("SELECT count(), sum(id), sum(cityHash64(note)) FROM vizora.beats"),
      await mongo(
        "const all = db.visits.find().sort({ _id: 1 }).toArray(); print(all.length, all.reduce((sum, one) => sum + one.seconds, 0))",
      ),
      (await influx('SELECT count(celsius), sum(celsius) FROM "grill"."autogen"."temp"'))
        .split("\n")
        .at(-1) ?? "",
    ];
    const leftThere = async (): Promise<string[]> => {
      const found = await Promise.all(
        ["far-clickhouse", "far-mongodb", "far-influxdb"].map((name) =>
          inside(name, "sh", "-c", "ls -d /tmp/lifeboat-* /var/tmp/lifeboat-* 2>/dev/null || :"),
        ),
      );
      return found.filter((line) => line !== "");
    };
    /** Rows are missing, in one of them. */
    const damage: Record<string, () => Promise<unknown>> = {
      metrics: async () => {
        await click("DROP TABLE vizora.beats");
        await click("CREATE TABLE vizora.beats (id UInt64, note String) ENGINE = MergeTree ORDER BY id");
        await click("INSERT INTO vizora.beats VALUES (1, 'only this')");
      },
      analytics: () => mongo("db.visits.deleteMany({ _id: { $gte: 100 } }).acknowledged"),
      temperatures: () => {
        const at = ["-port", ports.influx, "-database", "grill"];
        return inside("far-influxdb", "influx", ...at, "-execute", "DELETE FROM temp WHERE device = 'd1'");
      },
    };

    beforeAll(async () => {
      engine = await startDocker();
      await makeMachineImage(engine.env);
      for (const name of Object.keys(ports)) Object.assign(ports, { [name]: String(await freePort()) });
      const serve = (
        name: string,
        program: string,
        data: string,
        env: Record<string, string>,
      ): Promise<string> => {
        const words = Object.entries(env).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
        const flags = ["-d", "--name", name, ...machineFlags(), "-v", `${name}:${data}`, ...words];
        return engine.docker("run", ...flags, MACHINE_IMAGE, `/serve/${program}`);
      };
      await serve("far-clickhouse", "clickhouse", "/var/lib/clickhouse", {
        PORT: ports.click,
        HTTP_PORT: ports.http,
        CLICKHOUSE_PASSWORD: "pw",
      });
      await serve("far-mongodb", "mongodb", "/data/db", {
        PORT: ports.mongo,
        MONGO_INITDB_ROOT_USERNAME: "root",
        MONGO_INITDB_ROOT_PASSWORD: "pw",
      });
      await serve("far-influxdb", "influxdb", "/var/lib/influxdb", {
        PORT: ports.influx,
        BACKUP_PORT: ports.backup,
      });
      operator = await openOperator({
        folder: await mkdtemp("/tmp/lifeboat-three-"),
        system: "three",
        files: {
          system: systemFor(ports),
          ...Object.fromEntries(
            STORES.flatMap((store) => [
              [`lost-${store}`, lost(store)],
              [`check-${store}`, check(store)],
            ]),
          ),
        },
        backups: "BACKUPS",
        env: { ...engine.env, PW: "pw" },
        end: () => engine.stop(),
      });
      const patient = { timeout: 90_000, interval: 200 };
      await vi.waitFor(() => click("CREATE DATABASE IF NOT EXISTS vizora"), patient);
      await click("CREATE TABLE vizora.beats (id UInt64, note String) ENGINE = MergeTree ORDER BY id");
      await click(
        "INSERT INTO vizora.beats SELECT number, concat('note ', toString(number)) FROM numbers(5000)",
      );
      await vi.waitFor(
        () =>
          mongo(
            "db.visits.insertMany(Array.from({ length: 500 }, (_, n) => ({ _id: n, seconds: n * 3 }))).acknowledged",
          ),
        patient,
      );
      await vi.waitFor(() => influx("CREATE DATABASE grill"), patient);
      const points = Array.from(
        { length: 800 },
        (_, at) => `temp,device=d${at % 4} celsius=${at / 2} ${1_760_000_000 + at * 60}000000000`,
      );
      await fetch(`http://127.0.0.1:${ports.influx}/write?db=grill`, {
        method: "POST",
        body: points.join("\n"),
      });
    }, SLOW);
    afterAll(async () => {
      await operator?.stop();
      await engine?.stop();
    });

    test.each(STORES)(
      "%s: backup and safety copy come here; restore and verification are green; undo brings back what was there",
      async (store) => {
        const [at, confirm] = [
          STORES.indexOf(store),
          ["--confirm", store === "temperatures" ? "grill" : "vizora"],
        ];
        const whole = (await content())[at];
        const done = async (...args: string[]): Promise<void> => {
          const ran = await operator.lifeboat(args);
          expect(ran, ran.stdout + ran.stderr).toMatchObject({ code: 0 });
        };
        await done("backup", "three", store);
        expect(await leftThere()).toEqual([]);
        await damage[store]?.();
        const damaged = (await content())[at];
        expect(damaged).not.toEqual(whole);

        // What a drill adds to this is told by each store's own tests; here one is enough.
        if (store === "metrics") {
          await done("run", "three", `lost-${store}`, "--drill");
          expect(await leftThere()).toEqual([]);
          expect((await content())[at]).toEqual(damaged);
        }

        await done("run", "three", `lost-${store}`, "--live", ...confirm);
        expect((await content())[at]).toEqual(whole);
        const run = (await operator.runs())[0] ?? "";
        const copies = await readdir(join(operator.home, "runs", run, "safety"));
        expect(copies.length).toBeGreaterThan(0);
        // What was kept aside lies in the same database (MongoDB) or beside it: it is no part of what is compared.
        await done("run", "three", `check-${store}`, "--live", ...confirm);

        await done("undo", run, ...confirm);
        expect((await content())[at]).toEqual(damaged);
      },
      SLOW,
    );
  },
  noDocker(),
);

const systemFor = (ports: Record<"click" | "mongo" | "influx" | "backup", string>): string => `title: Three
environment: test
hosts:
  metrics-host: { kind: docker, container: far-clickhouse }
  analytics-host: { kind: docker, container: far-mongodb }
  temperatures-host: { kind: docker, container: far-influxdb }
stores:
  metrics:
    kind: clickhouse
    host: metrics-host
    server: 127.0.0.1
    port: ${ports.click}
    password: \${PW}
    database: vizora
    backups: [{ path: "\${BACKUPS}/metrics-{timestamp}" }]
  analytics:
    kind: mongodb
    host: analytics-host
    server: 127.0.0.1
    port: ${ports.mongo}
    user: root
    password: \${PW}
    database: vizora
    backups: [{ path: "\${BACKUPS}/analytics-{timestamp}.archive.gz" }]
  temperatures:
    kind: influxdb
    host: temperatures-host
    server: 127.0.0.1
    port: ${ports.influx}
    backup-port: ${ports.backup}
    database: grill
    backups: [{ path: "\${BACKUPS}/temperatures-{timestamp}.tar.gz" }]
`;

const lost = (store: string): string => `title: ${store} lost
scenario: somebody removed rows
steps:
  - { id: copy, kind: safety-copy, store: ${store} }
  - { id: restore, kind: restore, store: ${store} }
`;

const check = (store: string): string => `title: ${store} against its backup
scenario: is it still what was backed up
steps:
  - { id: check, kind: verify, store: ${store} }
`;
