import { join } from "node:path";
import {
  clickhouseService,
  minioService,
  mongodbService,
  postgresService,
  redisService,
} from "../helpers/compose-services.ts";
import { freePort } from "../helpers/free-port.ts";

/** The files of Vizora's repository that its recovery needs. */

/** Characters that mean something to shells and URLs, where servers let one have them. */
export const SECRETS = {
  POSTGRES_PASSWORD: "p@ss w0rd%",
  MONGO_PASSWORD: "m0n/go:$1",
  MINIO_ROOT_PASSWORD: "mi+nio/secret",
  CLICKHOUSE_PASSWORD: "click-house",
  REDIS_PASSWORD: "re:d/is&",
};

export const MINIO_USER = "minio-root";

export const STAND_INS = join(import.meta.dirname, "stand-ins");

/** What an application needs of its database as psql has it. */
const psqlAt = (port: number): Record<string, string> => ({
  PGHOST: "127.0.0.1",
  PGPORT: String(port),
  PGUSER: "postgres",
  PGPASSWORD: SECRETS.POSTGRES_PASSWORD,
  PGDATABASE: "vizora",
});

const PORTS = [
  "postgres",
  "mongodb",
  "minio",
  "clickhouse",
  "clickhouseHttp",
  "redis",
  "api",
  "web",
  "realtime",
] as const;
export type Ports = Record<(typeof PORTS)[number], number>;

export async function freePorts(): Promise<Ports> {
  const found: Partial<Ports> = {};
  for (const name of PORTS) found[name] = await freePort();
  const { postgres = 0, mongodb = 0, minio = 0, clickhouse = 0, clickhouseHttp = 0 } = found;
  const { redis = 0, api = 0, web = 0, realtime = 0 } = found;
  return { postgres, mongodb, minio, clickhouse, clickhouseHttp, redis, api, web, realtime };
}

/** docker/docker-compose.yml: the stores, and nothing else. */
export const services = (ports: Ports) => ({
  postgres: postgresService({
    container: "vizora-postgres",
    port: ports.postgres,
    volume: "postgres_data",
    password: "${POSTGRES_PASSWORD}",
    database: "vizora",
  }),
  mongodb: mongodbService({
    container: "vizora-mongodb",
    port: ports.mongodb,
    volume: "mongodb_data",
    user: "mongoadmin",
    password: "${MONGO_PASSWORD}",
  }),
  minio: minioService({
    container: "vizora-minio",
    port: ports.minio,
    volume: "minio_data",
    user: MINIO_USER,
    password: "${MINIO_ROOT_PASSWORD}",
  }),
  clickhouse: clickhouseService({
    container: "vizora-clickhouse",
    port: ports.clickhouse,
    httpPort: ports.clickhouseHttp,
    volume: "clickhouse_data",
    password: "${CLICKHOUSE_PASSWORD}",
  }),
  redis: redisService({
    container: "vizora-redis",
    port: ports.redis,
    volume: "redis_data",
    password: "${REDIS_PASSWORD}",
  }),
});

const app = (name: string, script: string, port: number, env: Record<string, string> = {}) => ({
  name,
  script,
  env,
  env_production: { PORT: String(port), NODE_ENV: "production" },
});

export const url = (port: number): string => `http://127.0.0.1:${port}`;

/** ecosystem.config.js: middleware, realtime and web under pm2. */
export function ecosystem(ports: Ports): string {
  const server = join(import.meta.dirname, "../helpers/app/server.ts");
  const cache = { REDIS_PORT: String(ports.redis), REDIS_PASSWORD: SECRETS.REDIS_PASSWORD };
  const middleware = {
    ...psqlAt(ports.postgres),
    ...cache,
    APP_NAME: "Vizora middleware",
    LOGIN_QUERY: `SELECT id FROM "User" WHERE email = :'email' AND "passwordHash" = md5(:'password')`,
    CONTENT_QUERY: `SELECT "fileKey" FROM "Content" WHERE id = :'id'`,
    // mc takes it as it is, whatever URLs want.
    MC_HOST_own: `http://${MINIO_USER}:${SECRETS.MINIO_ROOT_PASSWORD}@127.0.0.1:${ports.minio}`,
    BUCKET: "vizora-content",
  };
  const apps = [
    app("middleware", server, ports.api, middleware),
    app("realtime", join(STAND_INS, "realtime.ts"), ports.realtime, cache),
    app("web", server, ports.web, { APP_NAME: "Vizora dashboard" }),
  ];
  return `module.exports = { apps: ${JSON.stringify(apps, null, 2)} };\n`;
}

export const dotenv = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("");
