import { join } from "node:path";
import { BUSYBOX_IMAGE } from "../provision/busybox-image.ts";
import { appService, postgresService } from "../helpers/compose-services.ts";
import { freePort } from "../helpers/free-port.ts";
import { writeText } from "../helpers/operator.ts";
import { type Database, databaseAt } from "./eyes.ts";
import { MIGRATE, migratingPath, migrationTexts } from "./migrations.ts";
import { openSystemEstate, type SystemEstate } from "./system-estate.ts";

export interface ContainerAppEstate extends SystemEstate {
  url: string;
  database: Database;
  /** A user's own container, beside the compose project, with the users' data. */
  startUser(name: string): Promise<void>;
  fill(): Promise<void>;
  /** A release: the deployed code's migrations, newer than any backup. */
  release(): Promise<void>;
  truth(): Promise<unknown>;
  lose(): Promise<void>;
}

const PASSWORD = "p@ss:w0rd%";
export const VOLUMES = ["container-app_user-data", "container-app_app-data"] as const;

const FIRST = `
CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE NOT NULL, password_hash text NOT NULL);
CREATE TABLE containers (id serial PRIMARY KEY, owner int NOT NULL REFERENCES users, image text NOT NULL, made timestamptz NOT NULL);
INSERT INTO users (email, password_hash) SELECT 'user' || i || '@example.org', md5('pw' || i) FROM generate_series(1, 300) i;
INSERT INTO containers (owner, image, made) SELECT 1 + i % 300, 'workspace:' || i % 7, '2026-01-01'::timestamptz + i * interval '1 h'
  FROM generate_series(1, 5000) i;
`;
const SECOND = "ALTER TABLE containers ADD COLUMN region text NOT NULL DEFAULT 'eu';";

/** Users' files, with what gets lost when one is careless: dotfiles, owners, links, an empty folder. */
const USER_DATA = `for i in 1 2 3 4 5 6 7 8; do
  mkdir -p user-$i/notes user-$i/empty; echo "note of $i" > user-$i/notes/a.md; echo "secret $i" > user-$i/.env
  ln -s notes/a.md user-$i/latest; chown -R 10$i:10$i user-$i; chmod 600 user-$i/.env; done
head -c 300000 /dev/zero | tr '\\\\0' x > user-1/large`;
const APP_DATA =
  "mkdir -p templates; for i in 1 2 3; do echo template $i > templates/$i; done; echo '{}' > .settings";
/** Without the owners of links, which nothing asks for and busybox's tar does not restore. */
const TREE = `find . ! -type l -exec stat -c '%n %F %a %u:%g' {} + | sort
find . -type f | sort | xargs sha256sum; find . -type l | sort | while read -r link; do echo "$link $(readlink "$link")"; done`;

export async function openContainerAppEstate(): Promise<ContainerAppEstate> {
  const [database, web] = await Promise.all([freePort(), freePort()]);
  const url = `http://127.0.0.1:${web}`;
  const where = { port: database, user: "postgres", password: PASSWORD, database: "container_app" };
  const databaseUrl = `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${database}/container_app?sslmode=disable`;
  const frontend = appService({
    container: "container-app-frontend",
    port: web,
    environment: {
      APP_NAME: "container-app",
      PGHOST: "127.0.0.1",
      PGPORT: String(database),
      PGUSER: "postgres",
      PGPASSWORD: "${DB_PASSWORD}",
      PGDATABASE: "container_app",
    },
    depends_on: ["postgres"],
  });
  const estate = await openSystemEstate({
    system: "container-app",
    dotenv: { DB_PORT: String(database), DB_PASSWORD: PASSWORD },
    services: {
      postgres: postgresService({
        container: "container-app-postgres",
        port: database,
        volume: "postgres_data",
        password: "${DB_PASSWORD}",
        database: "container_app",
      }),
      frontend: {
        ...frontend,
        volumes: [...(frontend.volumes ?? []), "user-data:/srv/users", "app-data:/srv/app"],
      },
    },
    texts: migrationTexts("frontend", { "db:migrate:deploy": MIGRATE }, { "20260101000000_first": FIRST }),
    operator: (project) => ({
      PATH: migratingPath(),
      CONTAINER_APP_HOME: project,
      CONTAINER_APP_URL: url,
      CONTAINER_APP_HELPER_IMAGE: BUSYBOX_IMAGE,
      USER_DATA_VOLUME: VOLUMES[0],
      APP_DATA_VOLUME: VOLUMES[1],
      DATABASE_URL: databaseUrl,
      BACKUP_TIMEZONE: "utc",
    }),
  });
  const { engine } = estate.stack;
  const own = databaseAt(estate, where);
  const migrate = () =>
    estate.client(["npm", "run", "--prefix", `${estate.stack.folder}/frontend`, "db:migrate:deploy"]);
  return {
    ...estate,
    url,
    database: own,
    startUser: (name) => engine.consumer(`container-app-${name}`, VOLUMES[0]),
    fill: async () => {
      await migrate();
      await engine.inside(VOLUMES[0], USER_DATA);
      await engine.inside(VOLUMES[1], APP_DATA);
    },
    release: async () => {
      const texts = migrationTexts("frontend", {}, { "20260201000000_second": SECOND });
      for (const [path, text] of Object.entries(texts))
        if (path.endsWith(".sql")) await writeText(join(estate.stack.folder, path), text);
      await migrate();
    },
    truth: async () => ({
      database: await own.sums(["users", "containers", "schema_migrations"]),
      userData: await engine.inside(VOLUMES[0], TREE),
      appData: await engine.inside(VOLUMES[1], TREE),
    }),
    lose: async () => {
      const all = await engine.docker("ps", "-aq");
      if (all !== "") await engine.docker("rm", "-f", ...all.split("\n"));
      await estate.stack.lose();
    },
  };
}
