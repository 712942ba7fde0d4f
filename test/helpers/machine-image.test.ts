import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { provisionedPath } from "../provision/programs.ts";
import { DOCKER_PROGRAMS, noDocker, startDocker, type TestDocker } from "./docker.ts";
import { freePort } from "./free-port.ts";
import { MACHINE_IMAGE, MACHINE_PROGRAMS, machineFlags, makeMachineImage } from "./machine-image.ts";
import { suiteFor } from "./suite-for.ts";

const run = promisify(execFile);

/** A client here, beside the container. */
const here = (env: Env, ...argv: string[]): Promise<string> => {
  const [program = "", ...words] = argv;
  const all = { env: { ...process.env, PATH: provisionedPath(), ...env } };
  return run(program, words, all).then(({ stdout }) => stdout.trim());
};

/** Asks until each answers so. */
const both = async (answer: string, asks: (() => Promise<string>)[]): Promise<void> => {
  for (const ask of asks)
    await vi.waitFor(async () => expect(await ask()).toBe(answer), { timeout: 30_000, interval: 50 });
};

suiteFor(
  "the machine's own servers in containers",
  [...DOCKER_PROGRAMS, ...MACHINE_PROGRAMS],
  () => {
    let engine: TestDocker;
    beforeAll(async () => {
      engine = await startDocker();
      await makeMachineImage(engine.env);
    });
    afterAll(() => engine?.stop());

    /** Starts one of `serve` with a volume of its own at `data`; gives its port. */
    async function serve(name: string, program: string, data: string, more: Given = {}): Promise<string> {
      const port = String(await freePort());
      const env = Object.entries({ PORT: port, ...more.env }).flatMap(([key, value]) => [
        "-e",
        `${key}=${value}`,
      ]);
      const flags = ["-d", "--name", name, ...machineFlags(), "-v", `${name}-data:${data}`, ...env];
      await engine.docker("run", ...flags, MACHINE_IMAGE, `/serve/${program}`, ...(more.words ?? []));
      return port;
    }
    /** A client in the container. */
    const there = (name: string, ...argv: string[]): Promise<string> => engine.docker("exec", name, ...argv);
    /** What was written outlives the container: nothing lies in its own layer. */
    const again = (name: string): Promise<string> => engine.docker("restart", name);

    test("PostgreSQL is made at the first start and found again at the second, as user postgres", async () => {
      const env = { POSTGRES_PASSWORD: "pw", POSTGRES_DB: "vizora" };
      const port = await serve("vizora-postgres", "postgres", "/var/lib/postgresql/data", { env });
      const words = ["-U", "postgres", "-p", port, "-d", "vizora", "-XAtq", "-c"];
      const from = (sql: string) => [
        () => here({ PGPASSWORD: "pw" }, "psql", "-h", "127.0.0.1", ...words, sql),
        () => there("vizora-postgres", "psql", ...words, sql),
      ];
      await both("vizora", from("SELECT current_database()"));
      await there("vizora-postgres", "psql", ...words, "CREATE TABLE kept AS SELECT 7 AS n");
      await again("vizora-postgres");
      await both("7", from("SELECT n FROM kept"));
      expect(await there("vizora-postgres", "stat", "-c", "%U", "/proc/1")).toBe("postgres");
      const wrong = here({ PGPASSWORD: "no" }, "psql", "-h", "127.0.0.1", ...words, "SELECT 1");
      await expect(wrong).rejects.toThrow("password authentication failed");
    });

    test("Redis keeps its keys in the volume, as user redis", async () => {
      const port = await serve("vizora-redis", "redis", "/data", {
        words: ["--appendonly", "yes", "--requirepass", "pw"],
      });
      const ask = ["env", "REDISCLI_AUTH=pw", "redis-cli", "-p", port, "INCR", "n"];
      await vi.waitFor(async () => expect(await here({}, ...ask)).toBe("1"), { timeout: 30_000 });
      await again("vizora-redis");
      await vi.waitFor(async () => expect(await there("vizora-redis", ...ask)).toBe("2"), {
        timeout: 30_000,
      });
      expect(await there("vizora-redis", "stat", "-c", "%U", "/proc/1")).toBe("redis");
      expect(await engine.docker("exec", "vizora-redis", "ls", "/data")).toBe("appendonlydir\ndump.rdb");
    });

    test("InfluxDB answers by HTTP, and its backup port to influxd there", async () => {
      const backup = String(await freePort());
      const port = await serve("influx", "influxdb", "/var/lib/influxdb", { env: { BACKUP_PORT: backup } });
      const made = ["influx", "-port", port, "-execute", "CREATE DATABASE kept"];
      await both("", [() => there("influx", ...made)]);
      await again("influx");
      const shown = ["influx", "-port", port, "-format", "csv", "-execute", "SHOW DATABASES"];
      await both("name,name\ndatabases,kept", [() => here({}, ...shown), () => there("influx", ...shown)]);
      await there("influx", "influxd", "backup", "-portable", "-host", `127.0.0.1:${backup}`, "/tmp/b");
      expect(await there("influx", "sh", "-c", "ls /tmp/b | grep -c manifest")).toBe("1");
    });

    test("ClickHouse answers its client, as user clickhouse", async () => {
      const env = { HTTP_PORT: String(await freePort()), CLICKHOUSE_PASSWORD: "pw" };
      const port = await serve("vizora-clickhouse", "clickhouse", "/var/lib/clickhouse", { env });
      const client = ["clickhouse-client", "--host=127.0.0.1", `--port=${port}`, "--password=pw", "--query"];
      const asks = (sql: string) => [
        () => here({}, ...client, sql),
        () => there("vizora-clickhouse", ...client, sql),
      ];
      await both("1", asks("SELECT 1"));
      await there("vizora-clickhouse", ...client, "CREATE DATABASE kept");
      await again("vizora-clickhouse");
      await both("kept", asks("SELECT name FROM system.databases WHERE name = 'kept'"));
      expect(await there("vizora-clickhouse", "stat", "-c", "%U", "/proc/1")).toBe("clickhouse");
    });

    test("MinIO answers, and mc in its container makes a bucket", async () => {
      const env = { MINIO_ROOT_USER: "lifeboat", MINIO_ROOT_PASSWORD: "lifeboat-pw" };
      const port = await serve("vizora-minio", "minio", "/data", { env });
      const url = `http://127.0.0.1:${port}`;
      await vi.waitFor(async () => expect((await fetch(`${url}/minio/health/ready`)).ok).toBe(true), {
        timeout: 30_000,
      });
      await there("vizora-minio", "mc", "--quiet", "alias", "set", "own", url, "lifeboat", "lifeboat-pw");
      await there("vizora-minio", "mc", "--quiet", "mb", "own/content");
      expect(await engine.docker("exec", "vizora-minio", "ls", "/data")).toBe("content");
    });

    test("FerretDB answers mongosh with its password and keeps documents in its volume", async () => {
      const env = { MONGO_INITDB_ROOT_USERNAME: "mongoadmin", MONGO_INITDB_ROOT_PASSWORD: "pw" };
      const port = await serve("vizora-mongodb", "mongodb", "/data/db", { env });
      const url = `mongodb://mongoadmin:pw@127.0.0.1:${port}/vizora?authSource=admin`;
      const shell = (words: string) => ["mongosh", "--quiet", "--norc", url, "--eval", words];
      const insert = shell("db.analytics.insertOne({ _id: 1 }).acknowledged");
      await vi.waitFor(async () => expect(await there("vizora-mongodb", ...insert)).toBe("true"), {
        timeout: 60_000,
      });
      await again("vizora-mongodb");
      const count = shell("db.analytics.countDocuments()");
      await vi.waitFor(async () => expect(await here({}, ...count)).toBe("1"), { timeout: 60_000 });
      await engine.docker("stop", "vizora-mongodb");
      expect(await engine.docker("inspect", "-f", "{{.State.ExitCode}}", "vizora-mongodb")).toBe("0");
    }, 180_000);

    test("node there is the one that runs the tests", async () => {
      const words = ["--rm", ...machineFlags(), MACHINE_IMAGE, "node", "--version"];
      expect(await engine.docker("run", ...words)).toBe(process.version);
    });
  },
  noDocker(),
);

type Env = Readonly<Record<string, string>>;
interface Given {
  env?: Env;
  words?: string[];
}
