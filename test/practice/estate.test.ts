import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shellLine } from "../../src/base/quote.ts";
import { type PracticeEstate, preparePractice } from "../../src/practice/estate.ts";
import { serversOf } from "../../src/practice/processes.ts";
import { launch } from "../helpers/postgres.ts";

const path = process.env["PATH"] ?? "";
const now = (): Date => new Date("2026-11-20T11:02:03Z");
let home: string;
let estate: PracticeEstate;
const lines: string[] = [];
const taken: { tier: string; time: Date; orders: string }[] = [];

/** Asks the shop by the URL the runbook gets. */
async function ask(sql: string): Promise<string> {
  const argv = [estate.programs.psql, "-XAtq", "-c", sql, estate.env["PRACTICE_URL"] ?? ""];
  const ran = await launch({ argv, env: {}, secrets: {} }, { effect: "reads" });
  return ran.exit === 0 ? ran.stdout.trim() : ran.stderr.trim();
}

async function fakeBackup(tier: string, time: Date, env: Record<string, string>): Promise<void> {
  const folder = join(env["PRACTICE_BACKUPS"] ?? "", tier);
  await mkdir(folder, { recursive: true });
  const name = `shop-${time.toISOString().replaceAll(/[-:]|\.\d+/g, "")}.dump`;
  await writeFile(join(folder, name), "x".repeat(1000));
  await writeFile(join(folder, `${name}.manifest.json`), "{}");
  const argv = [join(env["PRACTICE_BIN"] ?? "", "psql"), "-XAtc", "SELECT count(*) FROM orders"];
  const ran = await launch(
    { argv: [...argv, env["PRACTICE_URL"] ?? ""], env: {}, secrets: {} },
    { effect: "reads" },
  );
  taken.push({ tier, time, orders: ran.stdout.trim() });
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "lifeboat-estate-"));
  estate = await preparePractice({
    home,
    path,
    launch,
    now,
    takeBackup: fakeBackup,
    onLine: (line) => lines.push(line),
  });
});
// Two hooks: the home is removed even when there is no estate to remove.
afterAll(() => rm(home, { recursive: true, force: true }));
afterAll(() => estate.remove());

test("the shop has at least 200,000 rows in six tables, with keys, indexes, a view, a sequence and jsonb", async () => {
  const rows = /shop: ([\d,]+) rows in 6 tables/.exec(lines.join("\n"))?.[1]?.replaceAll(",", "");
  expect(Number(rows)).toBe(243_091);
  expect(await ask("SELECT count(*) FROM pg_constraint WHERE contype = 'p' AND conrelid > 16383")).toBe("6");
  expect(await ask("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid > 16383")).toBe("5");
  const secondary = "SELECT count(*) FROM pg_index JOIN pg_class c ON c.oid = indrelid";
  const publicOnly = "WHERE NOT indisunique AND relnamespace = 'public'::regnamespace";
  expect(await ask(`${secondary} ${publicOnly}`)).toBe("8");
  expect(await ask("SELECT count(*) = (SELECT count(*) FROM orders) FROM order_totals")).toBe("t");
  expect(
    await ask("SELECT last_value = (SELECT max(invoice_number) FROM orders) FROM invoice_number_seq"),
  ).toBe("t");
  expect(await ask(`SELECT count(*) > 0 FROM events WHERE payload @> '{"device": "till"}'`)).toBe("t");
  expect(
    await ask("SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = 'public'"),
  ).toBe("shop_app");
});

test("every sequence stands at its newest row, so that the next insert works", async () => {
  for (const table of ["customers", "products", "orders", "stock_movements", "events"]) {
    const sql = `SELECT last_value >= (SELECT max(id) FROM ${table}) FROM ${table}_id_seq`;
    expect(await ask(sql), table).toBe("t");
  }
});

test("the database has settings, rights, a comment and an owner that a plain dump does not carry", async () => {
  expect(await ask("SHOW lock_timeout")).toBe("15s");
  expect(await ask("SELECT count(*) FROM pg_db_role_setting")).toBe("2");
  expect(
    await ask("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'shop'"),
  ).toBe("The chandler's shop");
  expect(await ask("SELECT has_database_privilege('shop_reader', 'shop', 'CONNECT')")).toBe("t");
  expect(await ask("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'")).toBe(
    "shop_app",
  );
});

test("the rows are the same on every machine", async () => {
  const sum = "SELECT md5(string_agg(t::text, ';' ORDER BY id)) FROM";
  expect(await ask(`${sum} products t`)).toBe(PRODUCTS);
  expect(await ask(`${sum} customers t`)).toBe(CUSTOMERS);
});

test("the two backups differ by a day of trade, and the shop sold on since the newest", async () => {
  const at = ["2026-11-19T08:02:03.000Z", "2026-11-20T08:02:03.000Z"];
  expect(taken.map(({ tier, time, orders }) => [tier, time.toISOString(), orders])).toEqual([
    ["daily", at[0], "40000"],
    ["daily", at[1], "40180"],
  ]);
  expect(await ask(`SELECT count(*) FROM orders WHERE placed_at > '${at[1]}'`)).toBe("24");
  expect(await ask("SELECT max(placed_at) FROM orders")).toBe("2026-11-20 11:02:03+00");
});

test("nobody else reaches the estate: no TCP, folders and files closed", async () => {
  expect(await ask("SHOW listen_addresses")).toBe("");
  expect(statSync(join(home, "practice/practice.env")).mode & 0o077).toBe(0);
  expect(statSync(join(estate.folder, "socket")).mode & 0o077).toBe(0);
  expect(statSync(join(estate.folder, "backups")).mode & 0o077).toBe(0);
  const env = await readFile(join(home, "practice/practice.env"), "utf8");
  expect(env).toBe(
    Object.entries(estate.env)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(""),
  );
});

test("a second practice is refused with exit 31, naming the holder, and harms nothing", async () => {
  const again = preparePractice({ home, path, launch, now, takeBackup: fakeBackup, onLine: () => {} });
  await expect(again).rejects.toMatchObject({
    exit: 31,
    facts: { why: expect.stringContaining(String(process.pid)) },
  });
  expect(await ask("SELECT 1")).toBe("1");
});

test("an unknown damage is wrong usage and lists the known ones", async () => {
  const error = estate.damage("flood", () => {});
  await expect(error).rejects.toMatchObject({
    exit: 2,
    facts: { next: expect.stringContaining("rows-deleted") },
  });
});

// In this order: each damage needs what the ones before it left whole.
describe("each damage does what it says", () => {
  const shown: string[] = [];
  const damage = (id: string): Promise<void> => estate.damage(id, (line) => shown.push(line));

  test("column-overwritten", async () => {
    await damage("column-overwritten");
    expect(await ask("SELECT max(price), count(*) FROM products")).toBe("0.00|1200");
    expect(shown.at(-1)).toBe("UPDATE 1200");
    expect(shown[0]).toContain("psql");
    expect(shown[0]).toContain(shellLine(["UPDATE products SET price = 0"]));
  });

  test("rows-deleted", async () => {
    const before = Number(await ask("SELECT count(*) FROM order_items"));
    await damage("rows-deleted");
    const left = Number(await ask("SELECT count(*) FROM order_items"));
    expect(left / before).toBeGreaterThan(0.4);
    expect(left / before).toBeLessThan(0.6);
  });

  test("migration-gone-wrong", async () => {
    await damage("migration-gone-wrong");
    expect(await ask("SELECT email FROM customers")).toContain('column "email" does not exist');
  });

  test("table-dropped", async () => {
    await damage("table-dropped");
    expect(await ask("SELECT 1 FROM orders")).toContain("does not exist");
    expect(await ask("SELECT 1 FROM order_totals")).toContain("does not exist");
  });

  test("backup-truncated cuts the newest backup, spares the older, and drops the database", async () => {
    await damage("backup-truncated");
    const daily = join(estate.env["PRACTICE_BACKUPS"] ?? "", "daily");
    const sizes = (await readdir(daily))
      .filter((name) => name.endsWith(".dump"))
      .map((name) => [name, statSync(join(daily, name)).size]);
    expect(sizes).toEqual([
      ["shop-20261119T080203Z.dump", 1000],
      ["shop-20261120T080203Z.dump", 600],
    ]);
    expect(await ask("SELECT 1")).toContain('database "shop" does not exist');
  });

  test("database-dropped fails with the server's words when there is none, and says nothing of note was changed", async () => {
    await expect(damage("database-dropped")).rejects.toMatchObject({
      exit: 20,
      facts: {
        why: expect.stringContaining('database "shop" does not exist'),
        changed: expect.stringContaining("thrown away"),
      },
    });
  });
});

test("remove leaves neither process nor folder nor file, and may be called twice", async () => {
  const data = join(estate.folder, "data");
  expect(await serversOf(data, launch)).toHaveLength(1);
  await estate.remove();
  expect(await serversOf(data, launch)).toEqual([]);
  expect(existsSync(estate.folder)).toBe(false);
  expect(await readdir(join(home, "practice"))).toEqual([]);
  await estate.remove();
});

const PRODUCTS = "9ccd5345ca5fa92eb1f1c6d185d84ff3";
const CUSTOMERS = "da7f2a74d3de05946e9c60ff5a5839df";
