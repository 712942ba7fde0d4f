import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bucket, bucketAt, s3Client } from "../helpers/s3.ts";
import { type Cache, cacheAt, type Database, databaseAt } from "./eyes.ts";
import { openSystemEstate, type SystemEstate } from "./system-estate.ts";
import {
  type Analytics,
  analyticsAt,
  CONTENT,
  FILL,
  METRICS,
  type Metrics,
  metricsAt,
  MIGRATIONS,
  SESSIONS,
} from "./vizora-data.ts";
import {
  dotenv,
  ecosystem,
  freePorts,
  MINIO_USER,
  SECRETS,
  services,
  STAND_INS,
  url,
} from "./vizora-project.ts";

export interface VizoraEstate extends SystemEstate {
  /** Where middleware, dashboard and realtime answer. */
  urls: { api: string; web: string; realtime: string };
  database: Database;
  content: Bucket;
  analytics: Analytics;
  metrics: Metrics;
  cache: Cache;
  /** pm2, as a person types it in the project's folder. */
  pm2(...words: string[]): Promise<string>;
  migrate(): Promise<string>;
  /** Its five stores, empty until now, get their data. */
  fill(): Promise<void>;
  /** Everything they hold but the cache: equal before and after means that nothing is missing or different. */
  truth(): Promise<Record<string, unknown>>;
}

/** The repository in VIZORA_HOME with its .env, the compose project, and the operator's environment. */
export async function openVizoraEstate(): Promise<VizoraEstate> {
  const ports = await freePorts();
  const urls = { api: url(ports.api), web: url(ports.web), realtime: url(ports.realtime) };
  const password = encodeURIComponent(SECRETS.POSTGRES_PASSWORD);
  const settings = {
    ...SECRETS,
    DATABASE_URL: `postgresql://postgres:${password}@127.0.0.1:${ports.postgres}/vizora?sslmode=disable`,
    MONGO_PORT: String(ports.mongodb),
    MINIO_ENDPOINT: url(ports.minio),
    MINIO_ROOT_USER: MINIO_USER,
    CLICKHOUSE_PORT: String(ports.clickhouse),
    REDIS_PORT: String(ports.redis),
  };
  const migrations = Object.entries(MIGRATIONS).map(([name, text]) => [
    `packages/database/migrations/${name}`,
    text,
  ]);
  const estate = await openSystemEstate({
    system: "vizora",
    file: "docker/docker-compose.yml",
    dotenv: SECRETS,
    services: services(ports),
    texts: {
      ".env": dotenv(settings),
      "ecosystem.config.js": ecosystem(ports),
      ...Object.fromEntries(migrations),
    },
    operator: (project) => ({
      VIZORA_HOME: project,
      VIZORA_API_URL: urls.api,
      VIZORA_HEALTH_PATH: "health",
      VIZORA_URL: urls.web,
      VIZORA_REALTIME_URL: urls.realtime,
      VIZORA_CONTENT_URL: `${urls.api}/content/7`,
      BACKUP_TIMEZONE: "utc",
    }),
  });
  const { client, stack } = estate;
  const apps = join(stack.folder, ".pm2");
  Object.assign(
    estate.env,
    await estate.standIns({
      pm2: `#!/bin/sh\nexec ${process.execPath} ${join(STAND_INS, "pm2.ts")} ${apps} ${process.pid} "$@"\n`,
      pnpm: await readFile(join(STAND_INS, "pnpm"), "utf8"),
    }),
    { VIZORA_HELPER_IMAGE: stack.engine.image },
  );
  const pm2: VizoraEstate["pm2"] = (...words) => client(["pm2", ...words]);
  const database = databaseAt(estate, {
    port: ports.postgres,
    user: "postgres",
    password: SECRETS.POSTGRES_PASSWORD,
    database: "vizora",
  });
  const content = bucketAt(
    s3Client(settings.MINIO_ENDPOINT, MINIO_USER, SECRETS.MINIO_ROOT_PASSWORD),
    "vizora-content",
  );
  const analytics = analyticsAt(ports.mongodb, "mongoadmin", SECRETS.MONGO_PASSWORD);
  const metrics = metricsAt(ports.clickhouseHttp, SECRETS.CLICKHOUSE_PASSWORD);
  const cache = cacheAt(estate, ports.redis, SECRETS.REDIS_PASSWORD);
  const migrate = (): Promise<string> =>
    client(["sh", "-c", `cd ${stack.folder} && pnpm --filter @vizora/database db:migrate`], {
      env: { DATABASE_URL: settings.DATABASE_URL },
    });
  return {
    ...estate,
    urls,
    database,
    content,
    analytics,
    metrics,
    cache,
    pm2,
    migrate,
    fill: async () => {
      await migrate();
      await database.sql(FILL);
      await content.create();
      await content.putAll(CONTENT);
      await analytics.fill();
      for (const statement of METRICS) await metrics.ask(statement);
      await cache.cli("EVAL", SESSIONS, "0");
    },
    truth: async () => ({
      database: await database.sums(["User", "Organization", "Display", "Content", "Playlist", "Schedule"]),
      content: await content.sums(),
      analytics: await analytics.contents(),
      metrics: await metrics.sums(),
    }),
    stop: async () => {
      await pm2("stop", "all").catch(() => undefined);
      await analytics.close();
      await estate.stop();
    },
  };
}
