import { describe, expect, test } from "vitest";
import type { Action } from "../../src/author/shell/action.ts";
import { recognize } from "../../src/author/shell/recognize.ts";
import { statements } from "../../src/author/shell/statements.ts";

const action = (statement: string): Action => recognize(statement).at(-1)?.action ?? { kind: "unknown" };

describe("restores are recognized, with what they say of the store", () => {
  test.each([
    [
      "gunzip -c /b/x_20260115.sql.gz | psql -U app shop",
      { kind: "postgres", subject: "shop", user: "app", file: "/b/x_20260115.sql.gz" },
    ],
    ["psql shop < dump.sql", { kind: "postgres", subject: "shop", file: "dump.sql" }],
    [
      "docker exec -i pg psql -U app -d shop < dump.sql",
      { kind: "postgres", subject: "shop", places: [{ kind: "docker", container: "pg" }] },
    ],
    [
      "cat d.sql | docker compose -f prod.yml exec -T db psql -Uapp shop",
      { kind: "postgres", user: "app", places: [{ kind: "compose", service: "db", files: ["prod.yml"] }] },
    ],
    [
      "pg_restore --clean -d shop -j 4 /b/shop.dump",
      { kind: "postgres", subject: "shop", file: "/b/shop.dump" },
    ],
    ['pg_restore -d "$DATABASE_URL" shop.dump', { kind: "postgres", urlVariable: "DATABASE_URL" }],
    [
      "kubectl -n prod exec -i pg-0 -c postgres -- pg_restore -U app -d shop < x.dump",
      {
        kind: "postgres",
        places: [{ kind: "kubernetes", pod: "pg-0", container: "postgres", namespace: "prod" }],
      },
    ],
    [
      "ssh db1 'pg_restore -d shop /b/x.dump'",
      { kind: "postgres", subject: "shop", places: [{ kind: "ssh", destination: "db1" }] },
    ],
    [
      "sudo -u postgres pg_restore -d shop x.dump",
      { kind: "postgres", places: [{ kind: "sudo", user: "postgres" }] },
    ],
    ["mongorestore --gzip --archive=/b/x.gz --db app", { kind: "mongodb", subject: "app", file: "/b/x.gz" }],
    ["mongorestore --uri mongodb://h/app --drop dump/", { kind: "mongodb", subject: "app", file: "dump/" }],
    [
      "mc mirror --overwrite /b/minio/20260111/ local/content",
      { kind: "s3", subject: "content", file: "/b/minio/20260111/" },
    ],
    [
      "aws s3 sync /b/files s3://content --endpoint-url http://minio:9000",
      { kind: "s3", subject: "content", endpoint: "http://minio:9000" },
    ],
    ["docker cp /b/redis_1.rdb cache:/data/dump.rdb", { kind: "redis", file: "/b/redis_1.rdb" }],
    [
      "influxd restore -portable -db metrics /b/influx",
      { kind: "influxdb", subject: "metrics", file: "/b/influx" },
    ],
    [
      'gunzip -c t_20260111.native.gz | clickhouse-client --query "INSERT INTO app.events FORMAT Native"',
      { kind: "clickhouse", subject: "app", table: "events" },
    ],
    [
      "docker run --rm -v uploads:/data -v $(pwd)/b:/backup alpine tar xzf /backup/u_20260111.tar.gz -C /data",
      { kind: "volume", subject: "uploads", file: "./b/u_20260111.tar.gz" },
    ],
  ])("%s", (statement, store) => {
    expect(action(statement)).toMatchObject({ kind: "restore", store });
  });
});

describe("a dump is never taken for a restore", () => {
  test.each([
    "pg_dump shop > x.sql",
    "pg_dump -Fc shop -f x.dump",
    "docker exec pg pg_dump -U app shop | gzip -9 > x.sql.gz",
    "mongodump --db app --out /b",
    "mc mirror local/content /b/minio",
    "aws s3 sync s3://content /b/files",
    "redis-cli BGSAVE",
    "docker cp cache:/data/dump.rdb /b/redis.rdb",
    "docker run --rm -v uploads:/data -v $(pwd):/backup alpine tar czf /backup/u.tar.gz -C /data .",
    "influxd backup -portable -db metrics /b/influx",
    'clickhouse-client --query "SELECT * FROM app.events FORMAT Native" > events.native',
  ])("%s", (statement) => {
    expect(action(statement).kind).toBe("backup");
  });
});

describe("services, waiting, questions", () => {
  test.each([
    [
      "docker-compose -f prod.yml stop api worker",
      {
        kind: "services",
        does: "stop",
        names: ["api", "worker"],
        manager: { kind: "compose", files: ["prod.yml"] },
      },
    ],
    ["docker compose up -d", { kind: "services", does: "up", names: [] }],
    ["docker restart app", { kind: "services", does: "restart", manager: { kind: "docker" } }],
    [
      "kubectl scale deployment api worker --replicas=0 -n prod",
      {
        kind: "services",
        does: "stop",
        names: ["deployment/api", "deployment/worker"],
        manager: { namespace: "prod" },
      },
    ],
    ["kubectl scale sts/pg --replicas 1", { kind: "services", does: "start", names: ["statefulset/pg"] }],
    ["kubectl rollout restart deploy/api", { kind: "services", does: "restart", names: ["deployment/api"] }],
    [
      "kubectl rollout status deployment/api --timeout=120s",
      { kind: "wait", names: ["deployment/api"], within: "120s" },
    ],
    [
      "sudo systemctl stop nginx",
      { kind: "services", does: "stop", names: ["nginx"], manager: { kind: "systemd" } },
    ],
    ["service nginx start", { kind: "services", does: "start", names: ["nginx"] }],
    ["pm2 restart api worker", { kind: "services", does: "restart", manager: { kind: "pm2" } }],
    ["pg_isready -h localhost", { kind: "wait", of: "postgres" }],
    ["redis-cli ping", { kind: "wait", of: "redis" }],
    [
      "curl -fsS http://localhost:3000/health",
      { kind: "http", method: "GET", url: "http://localhost:3000/health" },
    ],
    [
      "curl -s localhost:3000/health | grep ok",
      { kind: "http", url: "http://localhost:3000/health", matches: "ok" },
    ],
    [
      `curl -X POST http://h/login -H 'Content-Type: application/json' -d '{"a":1}'`,
      { kind: "http", method: "POST", body: '{"a":1}', headers: { "content-type": "application/json" } },
    ],
    ['psql -d shop -c "SELECT count(*) FROM \\"User\\";"', { kind: "query", tables: ["User"] }],
    ["npx prisma migrate deploy", { kind: "migrate", run: ["npx", "prisma", "migrate", "deploy"] }],
    ["cd app && npm run db:migrate", { kind: "migrate", run: ["npm", "run", "db:migrate"] }],
    ["alembic upgrade head", { kind: "migrate" }],
    ["kubectl get pods -n prod", { kind: "reads" }],
    ["df -h", { kind: "reads" }],
    ["sleep 30", { kind: "part" }],
    ["dropdb shop", { kind: "part", of: "postgres" }],
    ['psql -c "DROP DATABASE shop;"', { kind: "part", of: "postgres" }],
    ["gunzip -k /b/x_20260111.sql.gz", { kind: "part", file: "/b/x_20260111.sql.gz" }],
  ])("%s", (statement, expected) => {
    expect(action(statement)).toMatchObject(expected);
  });
});

describe("what Lifeboat does not know is not guessed", () => {
  test.each([
    "docker compose down -v",
    "rm -rf /var/lib/postgresql/data",
    "docker volume prune -f",
    "kubectl delete pvc data-pg-0",
    "curl https://get.example.org/install.sh | bash",
    "curl -o x.tar.gz https://h/x.tar.gz",
    "./scripts/restore.sh latest",
    "psql -f scripts/fix-permissions.sql",
    'psql -c "UPDATE users SET active = true"',
    "pg_dump a | psql b",
    "test -f x || exit 1",
    "crontab -r",
    "find /b -mtime +7 -delete",
    "mysql shop < dump.sql",
    "npx prisma migrate reset",
  ])("%s", (statement) => {
    expect(action(statement).kind).toBe("unknown");
  });

  test.each([
    "psql -U app shop",
    "docker exec -it pg bash",
    "ssh ops@db1",
    "vi .env",
    "docker logs -f app",
    "sudo su -",
    "kubectl exec -it pg-0 -- sh",
  ])("a person is needed for %s", (statement) => {
    expect(action(statement).kind).toBe("by-hand");
  });
});

test("a statement goes on over backslashes, quotes, pipes and here-documents", () => {
  const block = [
    "# one",
    "docker run \\",
    "  -v a:/b x",
    "",
    'psql -c "SELECT 1',
    '  FROM t"',
    "cat x |",
    "  psql",
    "psql <<'SQL'",
    "SELECT 1;",
    "SQL",
    "ls # behind",
  ].join("\n");
  const found = statements(block).statements.map(({ from, to, comment }) => ({ from, to, comment }));
  expect(found).toEqual([
    { from: 0, to: 2, comment: ["one"] },
    { from: 4, to: 5, comment: [] },
    { from: 6, to: 7, comment: [] },
    { from: 8, to: 10, comment: [] },
    { from: 11, to: 11, comment: ["behind"] },
  ]);
});

test("of a console session only what was typed is taken", () => {
  const { statements: found } = statements(
    "$ docker ps\nCONTAINER ID   IMAGE\nabc            postgres\n$ docker stop abc",
  );
  expect(found.map(({ text }) => text)).toEqual(["docker ps", "docker stop abc"]);
});

test("what a person has to fill in is no redirection", () => {
  expect(action("gunzip -c <file>.sql.gz | psql --username=<db user> shop")).toMatchObject({
    kind: "restore",
    store: { kind: "postgres", subject: "shop", file: "<file>.sql.gz" },
  });
});

test("a dump that is changed on its way is told of", () => {
  expect(action("gunzip -c x_20260115.sql.gz | sed s/a/b/ | psql shop")).toMatchObject({
    kind: "restore",
    filter: "sed",
  });
});

test("a helper container of compose over a volume restores it, too", () => {
  expect(
    action(
      "docker compose run --rm -v files:/data -v $(pwd):/backup app tar xzf /backup/f_20260115.tar.gz -C /data",
    ),
  ).toMatchObject({ kind: "restore", store: { kind: "volume", subject: "files" } });
});
