import {
  appService,
  minioService,
  postgresService,
  redisService,
  writerService,
} from "../helpers/compose-services.ts";
import { freePort } from "../helpers/free-port.ts";
import { type Bucket, bucketAt, s3Client } from "../helpers/s3.ts";
import { type Cache, cacheAt, type Database, databaseAt } from "./eyes.ts";
import { openSystemEstate, type SystemEstate } from "./system-estate.ts";

export interface VendhubEstate extends SystemEstate {
  /** Where the backend answers. */
  url: string;
  database: Database;
  queue: Cache;
  files: Bucket;
  /** Its three stores, empty until now, get their data. */
  fill(): Promise<void>;
  /** Everything they hold: equal before and after means that nothing is missing or different. */
  truth(): Promise<unknown>;
}

/** Characters that mean something to shells and URLs. */
const SECRETS = { database: "p@ss w0rd%", redis: "re:d/is&", files: "files-secret_7" };
/** A secret too, so it must not be a word of the screens. */
const ACCESS = "AKVENDHUB7";

const FILL = `
CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE NOT NULL, password_hash text NOT NULL);
CREATE TABLE products (id serial PRIMARY KEY, name text NOT NULL, photo text NOT NULL);
CREATE TABLE machines (id serial PRIMARY KEY, place text NOT NULL, owner int NOT NULL REFERENCES users);
CREATE TABLE sales (id bigserial PRIMARY KEY, machine int NOT NULL REFERENCES machines, product int NOT NULL REFERENCES products,
  tiyin int NOT NULL CHECK (tiyin > 0), at timestamptz NOT NULL);
CREATE TABLE beats (worker text NOT NULL, at timestamptz NOT NULL DEFAULT now());
INSERT INTO users (email, password_hash) SELECT 'user' || i || '@vendhub.example', md5('pw' || i) FROM generate_series(1, 120) i;
INSERT INTO products (name, photo) SELECT 'Product ' || i, 'products/' || i || '/photo.jpg' FROM generate_series(1, 60) i;
INSERT INTO machines (place, owner) SELECT 'Street ' || i, 1 + i % 120 FROM generate_series(1, 80) i;
INSERT INTO sales (machine, product, tiyin, at) SELECT 1 + i % 80, 1 + i % 60, 50 + i % 900, '2026-01-01'::timestamptz + i * interval '1 min'
  FROM generate_series(1, 40000) i;
CREATE INDEX sales_at ON sales (at);
`;

/** Sessions in the cache, and jobs as BullMQ keeps them. */
const QUEUE = `
for i = 1, 300 do
  redis.call('HSET', 'bull:commission:' .. i, 'name', 'commission', 'data', '{"sale":' .. i .. '}', 'timestamp', '1767225600000')
  redis.call('LPUSH', 'bull:commission:wait', i)
  redis.call('SET', 'session:' .. i, 'user' .. i)
end
return redis.call('ZADD', 'bull:commission:failed', 1767225600000, '301')`;

const PHOTOS = Object.fromEntries(
  Array.from({ length: 60 }, (_none, at) => [`products/${at + 1}/photo.jpg`, `JPEG of product ${at + 1}`]),
);

const quoted = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");

/** The compose project of /opt/vendhub, its settings file, and the operator's environment. */
export async function openVendhubEstate(): Promise<VendhubEstate> {
  const [database, queue, files, web] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const url = `http://127.0.0.1:${web}`;
  const endpoint = `http://127.0.0.1:${files}`;
  const settings = {
    DATABASE_PORT: String(database),
    DATABASE_PASSWORD: SECRETS.database,
    REDIS_PORT: String(queue),
    REDIS_PASSWORD: SECRETS.redis,
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY: ACCESS,
    S3_SECRET_KEY: SECRETS.files,
  };
  const client = {
    PGHOST: "127.0.0.1",
    PGPORT: "${DATABASE_PORT}",
    PGUSER: "vendhub",
    PGDATABASE: "vendhub",
    PGPASSWORD: "${DATABASE_PASSWORD}",
  };
  const stores = ["postgres", "redis", "minio"];
  const writer = (name: string) => writerService(`vendhub-${name}`, client, stores);
  const estate = await openSystemEstate({
    system: "vendhub",
    file: "docker-compose.prod.yml",
    dotenv: settings,
    services: {
      postgres: postgresService({
        container: "vendhub-postgres",
        port: database,
        volume: "postgres_data",
        user: "vendhub",
        password: "${DATABASE_PASSWORD}",
      }),
      redis: redisService({
        container: "vendhub-redis",
        port: queue,
        volume: "redis_data",
        password: "${REDIS_PASSWORD}",
      }),
      minio: minioService({
        container: "vendhub-minio",
        port: files,
        volume: "minio_data",
        user: "${S3_ACCESS_KEY}",
        password: "${S3_SECRET_KEY}",
      }),
      backend: appService({
        container: "vendhub-backend",
        port: web,
        environment: {
          ...client,
          APP_NAME: "vendhub",
          REDIS_PORT: "${REDIS_PORT}",
          REDIS_PASSWORD: "${REDIS_PASSWORD}",
          QUEUES: "commission",
          CONTENT_QUERY: "SELECT photo FROM products WHERE id = :'id'",
          MC_HOST_own: `http://${ACCESS}:${SECRETS.files}@127.0.0.1:${files}`,
          BUCKET: "vendhub",
        },
        depends_on: stores,
      }),
      "commission-worker": writer("commission-worker"),
      "job-scheduler": writer("job-scheduler"),
    },
    texts: {
      "backup.env": quoted({ ...settings, BACKUP_RETENTION_DAYS: "30" }),
      ".env.production": quoted(settings),
      ".env.production.example": Object.keys(settings)
        .map((name) => `${name}=\n`)
        .join(""),
    },
    operator: (project) => ({
      VENDHUB_HOME: project,
      VENDHUB_SETTINGS: `${project}/backup.env`,
      VENDHUB_URL: url,
      VENDHUB_LOGIN_EMAIL: "user7@vendhub.example",
      VENDHUB_LOGIN_PASSWORD: "pw7",
      BACKUP_TIMEZONE: "utc",
    }),
  });
  const own = databaseAt(estate, {
    port: database,
    user: "vendhub",
    password: SECRETS.database,
    database: "vendhub",
  });
  const cache = cacheAt(estate, queue, SECRETS.redis);
  const bucket = bucketAt(s3Client(endpoint, ACCESS, SECRETS.files), "vendhub");
  return {
    ...estate,
    url,
    database: own,
    queue: cache,
    files: bucket,
    fill: async () => {
      await own.sql(FILL);
      await cache.cli("EVAL", QUEUE, "0");
      await bucket.create();
      await bucket.putAll(PHOTOS);
    },
    truth: async () => ({
      database: await own.sums(["users", "products", "machines", "sales"]),
      queue: await cache.snapshot(),
      files: await bucket.sums(),
    }),
  };
}
