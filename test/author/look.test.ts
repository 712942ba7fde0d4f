import { describe, expect, test } from "vitest";
import { patternOf } from "../../src/author/backup-pattern.ts";
import { groupBackups } from "../../src/author/look/backup-files.ts";
import { asVariable, readComposeFile } from "../../src/author/look/compose-file.ts";
import { isEnvName, readEnvFile } from "../../src/author/look/env-file.ts";
import { type LookResult, NOTHING_FOUND } from "../../src/author/look/look-result.ts";
import { newSystem } from "../../src/author/new-system.ts";
import { matchPath, parsePattern } from "../../src/catalog/pattern.ts";
import { answers, lintLines, textOf } from "./make.ts";

const COMPOSE = `
name: shop
x-common: &common { restart: always }
services:
  db:
    <<: *common
    image: timescale/timescaledb-ha:pg16
    container_name: shop-db
    environment: { POSTGRES_USER: "\${DB_USER:-shop}", POSTGRES_PASSWORD: "\${DB_PASSWORD:?must be set}", POSTGRES_DB: shop }
    ports: ["127.0.0.1:\${DB_PORT:-5433}:5432"]
  mongo:
    image: mongo:7
    environment: { MONGO_INITDB_ROOT_USERNAME: root, MONGO_INITDB_ROOT_PASSWORD: "\${MONGO_PW}", MONGO_INITDB_DATABASE: app }
  queue: { image: "redis:7-alpine", volumes: ["queue:/data"] }
  files: { image: quay.io/minio/minio, ports: [{ target: 9000, published: "9100" }] }
  events: { image: "clickhouse/clickhouse-server:24", environment: [CLICKHOUSE_DB=events, "CLICKHOUSE_PASSWORD=\${CH_PW}"] }
  readings: { image: "influxdb:1.8", environment: [INFLUXDB_DB=readings] }
  exporter: { image: prometheuscommunity/postgres-exporter }
  web: { build: ., ports: ["8080:80"], depends_on: { db: { condition: service_healthy } }, volumes: ["uploads:/srv/uploads", "./src:/srv/src"] }
volumes: { queue: {}, uploads: { name: shop-uploads } }
`;

const withCompose = (text: string, more: Partial<LookResult> = {}): LookResult => {
  const read = readComposeFile("docker-compose.yml", text);
  return { ...NOTHING_FOUND, compose: read === undefined ? [] : [read], ...more };
};

describe("a compose file", () => {
  const made = newSystem(withCompose(COMPOSE), answers("shop"), [], undefined);
  const system = textOf(made, "system.yaml");

  test("gives a store for each server, and none for what only watches them", () => {
    expect(made.stores.map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
      "database: postgres",
      "files: s3",
      "documents: mongodb",
      "analytics: clickhouse",
      "metrics: influxdb",
      "uploads: volume",
      "cache: redis",
    ]);
  });

  test("gives ports, users and databases as it has them, with its variables", () => {
    expect(system).toContain("port: ${DB_PORT:-5433}");
    expect(system).toContain("user: ${DB_USER:-shop}");
    expect(system).toContain("password: ${DB_PASSWORD}\n");
    expect(system).toContain("endpoint: http://localhost:9100");
    expect(system).toContain("volume: shop-uploads\n");
  });

  test("reaches a server that publishes no port inside its container", () => {
    expect(system).toMatch(/documents-host:\n {4}kind: compose\n {4}of: stack\n {4}service: mongo\n/);
    expect(system).toMatch(/documents:\n(?: {4}.*\n)*? {4}host: documents-host\n/);
  });

  test("stops who depends on a store before it is restored, and starts them after it", () => {
    const ids = [...textOf(made, "database-lost.yaml").matchAll(/- id: (.*)/g)].map((match) => match[1]);
    expect(ids).toEqual(["stop-web", "restore-database", "start-web", "answers-health", "tell-the-team"]);
  });

  test("brings servers up before all restores of a full restore, and the application after them", () => {
    const text = textOf(made, "full-restore.yaml");
    const order = [
      "bring-up:",
      "start-db-",
      "\nsteps:",
      "restore-database",
      "restore-cache",
      "start-web",
      "answers-health",
    ].map((part) => text.indexOf(part));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  test("makes files that pass lint", async () => {
    expect(await lintLines(made)).toEqual([]);
  });
});

test("a compose file of the first version, with its services at the top, is read", () => {
  const old = readComposeFile("docker-compose.yml", "db:\n  image: postgres:9.6\nweb:\n  build: .\n");
  expect(old?.services).toMatchObject([
    { name: "db", image: "postgres:9.6", line: 1 },
    { name: "web", isBuilt: true, line: 3 },
  ]);
});

test("a file that is no compose file is passed over", () => {
  expect(readComposeFile("x.yml", "a: [")).toBeUndefined();
  expect(readComposeFile("x.yml", "jobs: {}")).toBeUndefined();
});

test.each([
  ["${A:-b}", "${A:-b}"],
  ["${A-b}", "${A:-b}"],
  ["${A:?must}", "${A}"],
  ["$A", "${A}"],
])("compose's %s becomes %s", (from, to) => {
  expect(asVariable(from)).toBe(to);
});

test("examples of env files are no settings", () => {
  expect(
    [".env", ".env.production", "backup.env", ".env.example", ".env.sample", "environment"].filter(isEnvName),
  ).toEqual([".env", ".env.production", "backup.env"]);
});

test("another database than those Lifeboat knows is not taken for PostgreSQL", () => {
  const env = readEnvFile(".env", "DB_CONNECTION=mysql\nDB_HOST=localhost\nREDIS_HOST=localhost\n");
  const made = newSystem({ ...NOTHING_FOUND, env: [env] }, answers("shop"), [".env"], undefined);
  expect(made.stores.map(({ kind }) => kind)).toEqual(["redis"]);
});

describe("names of backups", () => {
  test.each([
    ["backups/daily/shop_20260115_030000.sql.gz", "backups/{tier}/shop_{timestamp}.sql.gz"],
    ["b/plots-daily-backup-2026-01-15T14-30-00.sql.gz", "b/plots-{tier}-backup-{timestamp}.sql.gz"],
    ["b/minio/20260115", "b/minio/{timestamp}"],
    ["b/db-2026-01-15_1430.dump", "b/db-{timestamp}.dump"],
    ["b/1737000000_app.archive.gz", "b/{timestamp}_app.archive.gz"],
    ["b/shop_$(date +%Y%m%d_%H%M%S).sql.gz", "b/shop_{timestamp}.sql.gz"],
    ["b/shop_YYYYMMDD_HHMMSS.sql.gz", "b/shop_{timestamp}.sql.gz"],
    ["b/shop-<timestamp>.rdb", "b/shop-{timestamp}.rdb"],
    ["b/shop_${TIMESTAMP}.sql", "b/shop_{timestamp}.sql"],
    ["mongodb/20260115_043000/app", "mongodb/{timestamp}/app"],
  ])("%s", (path, pattern) => {
    expect(patternOf(path)).toEqual({ pattern });
  });

  test("a name without a time gets one, and says that it was made up", () => {
    expect(patternOf("b/backup.sql.gz")).toMatchObject({
      pattern: "b/backup-{timestamp}.sql.gz",
      guessed: expect.stringContaining("no time"),
    });
  });

  test("a pattern made of files that lie there is read back by the catalog", () => {
    const files = [
      "b/daily/a_20260115_030000.sql.gz",
      "b/weekly/a_20260111_030000.sql.gz",
      "b/minio/20260111",
      "b/x-2026-01-15_1430.dump",
      "b/redis_1737000000.rdb",
    ];
    for (const { pattern, example } of groupBackups(files.map((path) => ({ path, bytes: 5 }))))
      expect(matchPath(parsePattern(pattern, "/"), `/${example}`)?.stamp, pattern).toBeDefined();
  });

  test("manifests and logs beside backups are none", () => {
    expect(
      groupBackups([
        { path: "b/a_20260115.sql.gz.manifest.json", bytes: 1 },
        { path: "b/backup.log", bytes: 1 },
      ]),
    ).toEqual([]);
  });
});
