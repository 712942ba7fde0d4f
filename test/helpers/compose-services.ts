/** The services that the users' compose files have, as the machine image runs them: what goes into startComposeEstate. */
import { join } from "node:path";
import type { Service } from "./compose-estate.ts";

export interface Server {
  container: string;
  port: number;
  /** The name of its volume, as the compose file has it. */
  volume: string;
}

/** What it takes to be a `Service` with a volume of its own. */
const serving = (
  { container, port, volume }: Server,
  at: string,
  command: string[],
  environment: Record<string, string>,
  healthcheck: string[],
): Service => ({
  container_name: container,
  command,
  volumes: [`${volume}:${at}`],
  environment: { PORT: String(port), ...environment },
  healthcheck,
});

export const postgresService = (
  server: Server & { password: string; user?: string; database?: string },
): Service =>
  serving(
    server,
    "/var/lib/postgresql/data",
    ["/serve/postgres"],
    {
      POSTGRES_PASSWORD: server.password,
      POSTGRES_USER: server.user ?? "postgres",
      POSTGRES_DB: server.database ?? server.user ?? "postgres",
    },
    ["pg_isready", "-q", "-h", "127.0.0.1", "-p", String(server.port)],
  );

export const redisService = (server: Server & { password?: string; words?: string[] }): Service => {
  const secret = server.password === undefined ? [] : ["--requirepass", server.password];
  const ask = `redis-cli -p ${server.port} ping | grep -q PONG`;
  return serving(
    server,
    "/data",
    ["/serve/redis", ...(server.words ?? ["--appendonly", "yes"]), ...secret],
    server.password === undefined ? {} : { REDISCLI_AUTH: server.password },
    ["sh", "-c", ask],
  );
};

export const minioService = (server: Server & { user: string; password: string }): Service =>
  serving(
    server,
    "/data",
    ["/serve/minio"],
    { MINIO_ROOT_USER: server.user, MINIO_ROOT_PASSWORD: server.password },
    ["/serve/answers", String(server.port), "/minio/health/ready"],
  );

export const mongodbService = (server: Server & { user: string; password: string }): Service =>
  serving(
    server,
    "/data/db",
    ["/serve/mongodb"],
    { MONGO_INITDB_ROOT_USERNAME: server.user, MONGO_INITDB_ROOT_PASSWORD: server.password },
    ["/serve/answers", String(server.port)],
  );

export const clickhouseService = (server: Server & { httpPort: number; password?: string }): Service =>
  serving(
    server,
    "/var/lib/clickhouse",
    ["/serve/clickhouse"],
    { HTTP_PORT: String(server.httpPort), CLICKHOUSE_PASSWORD: server.password ?? "" },
    ["/serve/answers", String(server.httpPort), "/ping"],
  );

export const influxdbService = (server: Server & { backupPort: number }): Service =>
  serving(server, "/var/lib/influxdb", ["/serve/influxdb"], { BACKUP_PORT: String(server.backupPort) }, [
    "/serve/answers",
    String(server.port),
    "/ping",
  ]);

/** The web application of app/server.ts; its environment is said there. */
export const appService = (app: {
  container: string;
  port: number;
  environment?: Record<string, string>;
  depends_on?: string[];
}): Service => ({
  container_name: app.container,
  command: ["node", "/app/server.ts"],
  volumes: [`${join(import.meta.dirname, "app")}:/app:ro`],
  environment: { PORT: String(app.port), ...app.environment },
  healthcheck: ["/serve/answers", String(app.port), "/health"],
  depends_on: app.depends_on ?? [],
});

/** One that only runs: a worker, a scheduler. */
export const idleService = (container: string, depends_on: string[] = []): Service => ({
  container_name: container,
  command: ["sh", "-c", "trap 'exit 0' INT TERM; while :; do sleep 60 & wait; done"],
  depends_on,
});

/** One that writes a row into the table `beats` again and again, whatever becomes of the database meanwhile. */
export const writerService = (
  container: string,
  environment: Record<string, string>,
  depends_on: string[] = [],
): Service => ({
  container_name: container,
  command: [
    "sh",
    "-c",
    `trap 'exit 0' INT TERM
while :; do psql -Xq -c "INSERT INTO beats (worker) VALUES ('$$WORKER')" 2>/dev/null; sleep 0.5 & wait; done`,
  ],
  environment: { PGCONNECT_TIMEOUT: "3", ...environment, WORKER: container },
  depends_on,
});
