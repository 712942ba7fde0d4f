import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectOutcome } from "../faults/outcome.ts";
import { ESTATE_PROGRAMS } from "../helpers/compose-estate.ts";
import { appService, postgresService } from "../helpers/compose-services.ts";
import { noDocker } from "../helpers/docker.ts";
import { freePort } from "../helpers/free-port.ts";
import { writeText } from "../helpers/operator.ts";
import { suiteFor } from "../helpers/suite-for.ts";
import { asked, type Database, databaseAt } from "./eyes.ts";
import { live } from "./live.ts";
import { MIGRATE, migratingPath, migrationTexts } from "./migrations.ts";
import { openSystemEstate, type SystemEstate } from "./system-estate.ts";

const PASSWORD = "p@ss:w0rd%";
const PRISMA = "node_modules/.bin/prisma";

/** Stand-in for prisma, whose engines cannot be installed everywhere: npx finds it, and dbmate does what it says. */
const STAND_IN = `#!/bin/sh
case "$*" in
  "migrate deploy") exec ${MIGRATE} ;;
  "migrate status") dbmate --no-dump-schema status --exit-code || { echo "have not yet been applied"; exit 1; } ;;
  *) exit 64 ;;
esac
`;
const FIRST = `
CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE NOT NULL, password_hash text NOT NULL);
CREATE TABLE plots (id serial PRIMARY KEY, owner int NOT NULL REFERENCES users, area numeric(10,2) NOT NULL CHECK (area > 0));
INSERT INTO users (email, password_hash) SELECT 'user' || i || '@example.org', md5('pw' || i) FROM generate_series(1, 500) i;
INSERT INTO plots (owner, area) SELECT 1 + i % 500, 100 + i FROM generate_series(1, 8000) i;
`;
const SECOND = "ALTER TABLE plots ADD COLUMN geo text NOT NULL DEFAULT 'unknown';";
const DONE = ["seed", "tell-the-team", "write-it-down"];

suiteFor(
  "plotzed, as its users run it",
  ESTATE_PROGRAMS,
  () => {
    vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
    let estate: SystemEstate;
    let database: Database;
    let url: string;
    let good: string;
    const truth = (): Promise<string> => database.sums(["users", "plots", "schema_migrations"]);
    const migrate = () => estate.client(["sh", "-c", 'cd "$PLOTZED_HOME" && exec npx prisma migrate deploy']);

    beforeAll(async () => {
      const [port, web] = await Promise.all([freePort(), freePort()]);
      url = `http://127.0.0.1:${web}`;
      const where = { port, user: "postgres", password: PASSWORD, database: "plotzed" };
      estate = await openSystemEstate({
        system: "plotzed",
        services: {
          postgres: postgresService({
            container: "plotzed-postgres",
            port,
            volume: "postgres_data",
            password: PASSWORD,
            database: "plotzed",
          }),
          web: appService({
            container: "plotzed-web",
            port: web,
            environment: {
              APP_NAME: "plotzed",
              PGHOST: "127.0.0.1",
              PGPORT: String(port),
              PGUSER: "postgres",
              PGPASSWORD: PASSWORD,
              PGDATABASE: "plotzed",
            },
            depends_on: ["postgres"],
          }),
        },
        texts: {
          ...migrationTexts(".", {}, { "20260101000000_first": FIRST }),
          [PRISMA]: STAND_IN,
        },
        operator: (project) => ({
          PATH: migratingPath(),
          PLOTZED_HOME: project,
          DATABASE_URL: `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/plotzed?sslmode=disable`,
        }),
      });
      await chmod(join(estate.stack.folder, PRISMA), 0o755);
      database = databaseAt(estate, where);
      await estate.stack.up();
      await migrate();
    });
    afterAll(() => estate?.stop());

    test("backup, then a release that no backup knows of", async ({ task }) => {
      expectOutcome(await estate.run(task, "backup", ...live(["plotzed"], "upload", "look")), 0, "DONE");
      expect(await readdir(join(estate.backups, "daily"))).toContainEqual(
        expect.stringMatching(/^plotzed-daily-backup-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.sql\.gz$/),
      );
      const texts = migrationTexts(".", {}, { "20260201000000_second": SECOND });
      for (const [path, text] of Object.entries(texts))
        if (path.endsWith(".sql")) await writeText(join(estate.stack.folder, path), text);
      await migrate();
      good = await truth();
    });

    test("test-restore: restored into a database of its own, which is gone afterwards", async ({ task }) => {
      expectOutcome(await estate.run(task, "test-restore", ...live(["plotzed_test"])), 0);
      expect(await truth()).toBe(good);
    });

    test("database-lost: server and data are gone; in a new one the data is back, in tables as new as the code", async ({
      task,
    }) => {
      expectOutcome(await estate.run(task, "database-lost", "--dry-run"), 0, "DRY RUN COMPLETE");
      expectOutcome(await estate.run(task, "database-lost", "--drill"), 0, "DRILL PASSED");
      expect(await truth()).toBe(good);
      await estate.stack.lose();
      await estate.stack.up("postgres");
      const ran = await estate.run(task, "database-lost", ...live(["plotzed"], ...DONE));
      expectOutcome(ran, 0, "RECOVERED");
      expect(await truth()).toBe(good);
      await estate.stack.up();
      const login = { email: "user9@example.org", password: "pw9" };
      expect((await asked(`${url}/api/v1/auth/login`, login))[0]).toBe(200);
    });
  },
  noDocker(),
);
