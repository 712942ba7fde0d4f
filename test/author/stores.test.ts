import { expect, test } from "vitest";
import { readComposeFile } from "../../src/author/look/compose-file.ts";
import { type LookResult, NOTHING_FOUND } from "../../src/author/look/look-result.ts";
import { fromMarkdown, read, shell, storesIn } from "./make.ts";

const compose = (text: string): LookResult["compose"] => {
  const file = readComposeFile("docker-compose.yml", text);
  return file === undefined ? [] : [file];
};

test("several databases of one server never share their backups", () => {
  const made = fromMarkdown(
    shell(
      "pg_restore -d shop /b/shop_20260101.dump",
      "pg_restore -d billing /b/billing_20260102.dump",
      "pg_restore -d billing_check /b/billing_20260102.dump",
      "mongorestore --db events /b/events_20260101",
      "mongorestore --db audit /b/audit_20260101",
      'psql -d billing -c "SELECT count(*) FROM invoices"',
    ),
  );
  const { stores } = storesIn(made);
  expect(
    Object.entries(stores).map(([name, { database, backups }]) => [
      name,
      database,
      ...backups.map((one) => one.path),
    ]),
  ).toEqual([
    ["shop", "shop", "/b/shop_{timestamp}.dump"],
    ["billing", "billing", "/b/billing_{timestamp}.dump"],
    ["events", "events", "/b/events_{timestamp}"],
    ["audit", "audit", "/b/audit_{timestamp}"],
  ]);
  expect(read(made, "restore").steps).toMatchObject([
    { kind: "restore", store: "shop" },
    { kind: "restore", store: "billing", tables: ["invoices"] },
    { kind: "restore", store: "billing", into: "billing_check" },
    { kind: "restore", store: "events" },
    { kind: "restore", store: "audit" },
    { kind: "query", store: "billing" },
  ]);
});

test("another database of a server in compose is a store of its own there", () => {
  const look = {
    ...NOTHING_FOUND,
    compose: compose(
      "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_DB: ${DB_NAME:-shop}\n      POSTGRES_PASSWORD: ${PW}\n",
    ),
  };
  const made = fromMarkdown(
    shell(
      "docker compose exec -T db pg_restore -d keycloak < /b/keycloak_20260102.dump",
      "docker compose exec -T db pg_restore -d shop < /b/shop_20260101.dump",
    ),
    "shop",
    look,
  );
  expect(storesIn(made).stores).toMatchObject({
    db: { database: "${DB_NAME:-shop}", backups: [{ path: "/b/shop_{timestamp}.dump" }] },
    keycloak: {
      database: "keycloak",
      password: "${PW}",
      backups: [{ path: "/b/keycloak_{timestamp}.dump" }],
    },
  });
});

test("backups that lie there belong to the server whose database they are named for, and that is a guess", () => {
  const found = { count: 3, smallest: 0, largest: 0, example: "" };
  const made = fromMarkdown(shell("psql -c 'SELECT 1'"), "shop", {
    ...NOTHING_FOUND,
    compose: compose(
      "services:\n  db:\n    image: postgres:16\n    environment: [POSTGRES_DB=acme]\n  reporting:\n    image: postgres:15\n",
    ),
    backups: [{ ...found, pattern: "backups/{tier}/acme-{timestamp}.sql.gz", kind: "postgres" }],
  });
  const { stores } = storesIn(made);
  expect(stores["db"]?.backups).toMatchObject([{ path: "backups/{tier}/acme-{timestamp}.sql.gz" }]);
  expect(stores["reporting"]?.backups).toMatchObject([{ path: "backups/reporting-{timestamp}.sql.gz" }]);
  expect(made.checks.map(({ says }) => says)).toContain("by its name: there are 2 stores of this kind");
});

test("where a server listens in its container, and under which variable its password came, is as the commands say", () => {
  const made = fromMarkdown(
    shell(
      "docker exec -i -e PGPASSWORD=$APP_PW db pg_restore -h 127.0.0.1 -p 6543 -U app -d shop < /b/shop_20260101.dump",
      "docker exec cache redis-cli -p 7000 DBSIZE",
      "docker exec other-db psql -p 5432 -d shop -c 'SELECT 1'",
    ),
  );
  expect(storesIn(made).stores).toMatchObject({
    database: { server: "127.0.0.1", port: 6543, password: "${APP_PW}" },
    cache: { port: 7000 },
  });
});

test("a backup is found behind a variable, a copy into the container and a redirection", () => {
  const made = fromMarkdown(
    shell(
      "export DUMP=/b/shop_20260101.dump",
      "docker cp $DUMP db:/tmp/restore.dump",
      "docker exec db pg_restore -d shop /tmp/restore.dump",
      "kubectl exec -i mongo-0 -- mongorestore --db events --gzip --archive < /b/events_20260101.archive.gz",
    ),
  );
  expect(storesIn(made).stores).toMatchObject({
    database: { backups: [{ path: "/b/shop_{timestamp}.dump" }] },
    documents: { backups: [{ path: "/b/events_{timestamp}.archive.gz" }] },
  });
});

test("a full restore starts each server once and waits until every store answers", () => {
  const made = fromMarkdown(
    shell("docker compose exec -T db pg_restore -d keycloak < /b/keycloak_20260102.dump"),
    "shop",
    {
      ...NOTHING_FOUND,
      compose: compose(
        "services:\n  db: { image: postgres:16, environment: [POSTGRES_DB=shop] }\n  minio: { image: minio/minio }\n",
      ),
    },
  );
  expect(read(made, "full-restore")["bring-up"]).toMatchObject([
    { do: "up", names: ["db", "minio"] },
    { kind: "wait", store: "db" },
    { kind: "wait", store: "keycloak" },
    { kind: "wait", store: "files" },
  ]);
});
