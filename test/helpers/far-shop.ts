import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { promisify } from "node:util";
import { vi } from "vitest";
import { provisionedPath } from "../provision/programs.ts";
import { startDocker, type TestDocker } from "./docker.ts";
import { freePort } from "./free-port.ts";
import type { Ran } from "./lifeboat.ts";
import { MACHINE_IMAGE, machineFlags, makeMachineImage } from "./machine-image.ts";
import { openOperator, type Operator } from "./operator.ts";
import { orStop } from "./or-stop.ts";
import { RESTORE_RUNBOOK } from "./estate.ts";
import { SHOP_ROLES, SHOP_SQL, shopSettings } from "./shop-sql.ts";

const run = promisify(execFile);

/** The database that `shop` is made anew from. */
const MODEL = "model";

/** A PostgreSQL container with the database `shop`, whose programs alone are used: the store's host is the container. */
export interface FarShop extends Operator {
  engine: TestDocker;
  /** Of the container. */
  name: string;
  port: string;
  /** SQL to a database, by a client of this machine; what it printed. */
  psql(database: string, sql: string): Promise<string>;
  /** A script in the container; what it printed. */
  inside(script: string): Promise<string>;
  /** Starts a container of the name, with the data there is; more words for `docker run`. */
  serve(...more: string[]): Promise<void>;
  databases(): Promise<string[]>;
  /** Rows of the tables, as an independent eye counts them. */
  rows(database: string): Promise<string>;
  /** What runs left in folders that all may write to. */
  leftThere(): Promise<string[]>;
  /** Makes `shop` anew as it was in the beginning, without any other database. */
  anew(): Promise<void>;
  restore(args?: readonly string[], env?: Record<string, string>): Promise<Ran>;
}

export const PASSWORD = "canary-far-5512";

export const farSystem = (port: string, host = ""): string => `title: Shop
environment: test
objectives: { rto: 10m, rpo: 24h }
hosts:
  db: { kind: docker, container: vizora-postgres${host} }
stores:
  database:
    kind: postgres
    host: db
    server: 127.0.0.1
    port: ${port}
    user: postgres
    password: \${SHOP_PASSWORD}
    database: shop
    backups:
      - path: \${SHOP_BACKUPS}/{tier}/shop-{timestamp}*
`;

/** Starts it all. Call stop() in afterAll. */
export async function openFarShop(): Promise<FarShop> {
  const engine = await startDocker();
  const port = String(await freePort());
  const name = "vizora-postgres";
  const operator = await openOperator({
    folder: await mkdtemp("/tmp/lifeboat-far-"),
    system: "shop",
    files: { system: farSystem(port), lost: RESTORE_RUNBOOK },
    backups: "SHOP_BACKUPS",
    env: { ...engine.env, SHOP_PASSWORD: PASSWORD },
    end: () => engine.stop(),
  });
  const psql = async (database: string, sql: string): Promise<string> => {
    const argv = ["-X", "-Atq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", port, "-U", "postgres"];
    const env = { PATH: provisionedPath(), PGPASSWORD: PASSWORD, PGDATABASE: database };
    const { stdout } = await run("psql", [...argv, "-c", sql], { env, maxBuffer: 1 << 26 });
    return stdout.trim();
  };
  const shop: FarShop = {
    ...operator,
    engine,
    name,
    port,
    psql,
    inside: (script) => engine.docker("exec", name, "sh", "-c", script),
    serve: async (...more) => {
      const env = ["-e", `PORT=${port}`, "-e", `POSTGRES_PASSWORD=${PASSWORD}`];
      const data = ["-v", "pgdata:/var/lib/postgresql/data"];
      const flags = ["-d", "--name", name, ...machineFlags(), ...env, ...data, ...more];
      await engine.docker("run", ...flags, MACHINE_IMAGE, "/serve/postgres");
      await vi.waitFor(() => psql("postgres", "SELECT 1"), { timeout: 60_000, interval: 100 });
    },
    databases: async () =>
      (
        await psql(
          "postgres",
          `SELECT datname FROM pg_database WHERE NOT datistemplate AND datname NOT IN ('postgres', '${MODEL}') ORDER BY 1`,
        )
      )
        .split("\n")
        .filter((line) => line !== ""),
    rows: (database) =>
      psql(
        database,
        "SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM orders), (SELECT sum(total) FROM orders), (SELECT count(*) FROM items)",
      ),
    leftThere: async () =>
      (
        await engine.docker(
          "exec",
          name,
          "sh",
          "-c",
          "ls -d /tmp/lifeboat-* /var/tmp/lifeboat-* 2>/dev/null || :",
        )
      )
        .split("\n")
        .filter((line) => line !== ""),
    anew: async () => {
      for (const database of await shop.databases())
        await psql("postgres", `DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
      await psql("postgres", `CREATE DATABASE shop TEMPLATE ${MODEL}`);
      for (const sql of shopSettings("shop").split(";\n")) if (sql.trim() !== "") await psql("postgres", sql);
    },
    restore: (args, env) => operator.runLost("shop", args, env),
  };
  return orStop(shop, async () => {
    await makeMachineImage(engine.env);
    await shop.serve();
    for (const sql of SHOP_ROLES.split(";").filter((one) => one.trim() !== "")) await psql("postgres", sql);
    await psql("postgres", `CREATE DATABASE ${MODEL}`);
    await psql(MODEL, SHOP_SQL);
    await shop.anew();
  });
}
