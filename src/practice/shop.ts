import type { Launch } from "../hosts/launcher.ts";
import type { Command } from "../step/command.ts";
import { command, must } from "./must.ts";
import { SHOP_HELPERS, SHOP_ROWS, SHOP_SIZE, SHOP_TRADE } from "./shop-rows.ts";
import { SHOP_DATABASE_SETTINGS, SHOP_KEYS, SHOP_TABLES } from "./shop-schema.ts";

/** How the practice server is reached; always through its socket, as superuser. */
export interface ShopServer {
  psql: string;
  socketDir: string;
  port: number;
}

/** One psql call a person could type. SQL comes as one statement (-c) or as a script on standard input. */
export function psql(
  server: ShopServer,
  database: string,
  sql: { say: string } | { script: string },
): Command {
  const to = ["-h", server.socketDir, "-p", String(server.port), "-U", "postgres", "-d", database];
  const argv = [server.psql, "-X", "-At", "-v", "ON_ERROR_STOP=1", ...to];
  // The zone is pinned: days of trade begin at the same instant on every machine.
  const env = { PGTZ: "UTC", PGOPTIONS: "-c client_min_messages=warning" };
  if ("say" in sql) return command([...argv, "-c", sql.say], { env });
  return command([...argv, "-q", "-f", "-"], { env, stdin: sql.script });
}

function variables(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `\\set ${name} '${value}'\n`)
    .join("");
}

const ROLES = `
CREATE ROLE shop_app LOGIN;
CREATE ROLE shop_reader LOGIN;
CREATE DATABASE shop OWNER shop_app TEMPLATE template0 ENCODING 'UTF8';
`;

const TABLES = ["customers", "products", "orders", "order_items", "stock_movements", "events"] as const;
const COUNT = `SELECT ${TABLES.map((table) => `(SELECT count(*) FROM ${table})`).join(" + ")}`;

/** Creates database `shop` with its roles; trade ends at midnight before `today`. Gives rows and tables counted afterwards. */
export async function openShop(
  launch: Launch,
  server: ShopServer,
  today: Date,
  signal?: AbortSignal,
): Promise<{ rows: number; tables: number }> {
  const values = variables({ ...SHOP_SIZE, today: today.toISOString().slice(0, 10) });
  const parts = [
    values,
    "BEGIN; SET ROLE shop_app;",
    SHOP_TABLES,
    SHOP_HELPERS,
    SHOP_ROWS,
    SHOP_KEYS,
    "COMMIT;",
  ];
  const run = (what: string, database: string, script: string) =>
    must(launch, what, psql(server, database, { script }), signal);
  await run("creating the shop database", "postgres", ROLES);
  await run("filling the shop", "shop", parts.join("\n"));
  await run("giving the shop its settings", "postgres", SHOP_DATABASE_SETTINGS);
  const counted = await must(launch, "counting the shop", psql(server, "shop", { say: COUNT }), signal);
  return { rows: Number(counted.stdout), tables: TABLES.length };
}

/** The shop goes on selling: `orders` orders spread over the time between. */
export async function trade(
  launch: Launch,
  server: ShopServer,
  sales: { orders: number; from: Date; to: Date },
  signal?: AbortSignal,
): Promise<void> {
  const { orders, from, to } = sales;
  const values = variables({ orders, from: from.toISOString(), to: to.toISOString() });
  const script = [values, "BEGIN; SET ROLE shop_app;", SHOP_HELPERS, SHOP_TRADE, "COMMIT;"].join("\n");
  await must(launch, "letting the shop trade", psql(server, "shop", { script }), signal);
}
