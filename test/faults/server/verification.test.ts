import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manifestPath } from "../../../src/checks/manifest.ts";
import { type Estate, openEstate } from "../../helpers/estate.ts";
import { expectOutcome, runOf } from "../outcome.ts";

let estate: Estate;
let manifest: Record<string, unknown>;
beforeAll(async () => {
  estate = await openEstate();
  manifest = JSON.parse(await readFile(manifestPath(await estate.backup()), "utf8"));
});
afterAll(() => estate?.stop());

const sql = (text: string, database = "postgres"): Promise<string> => estate.server.psql(database, text);

let made = 0;
/** A backup whose manifest says what `shop` holds, and whose data was changed by `tamper` before it was dumped. */
async function tampered(tamper: string): Promise<string> {
  const name = `tampered_${(made += 1)}`;
  await estate.clone(name);
  await sql(tamper, name);
  const path = await estate.backup("custom", name);
  await sql(`DROP DATABASE ${name}`);
  const { artifact } = JSON.parse(await readFile(manifestPath(path), "utf8"));
  await writeFile(manifestPath(path), JSON.stringify({ ...manifest, artifact }));
  return path;
}

const CASES: [what: string, tamper: string, ...says: (string | RegExp)[]][] = [
  [
    "one row deleted",
    "DELETE FROM items WHERE order_id = 7 AND line = 2",
    "public.items: 1 row missing",
    "3,599",
  ],
  [
    "one value changed",
    "UPDATE customers SET profile = profile || '{\"n\": 0}' WHERE id = 77",
    "public.customers: the number of rows is right, but at least one value is not what was backed up",
  ],
  ["an index dropped", "DROP INDEX orders_by_customer", /orders_by_customer/, "index"],
  [
    "a sequence behind its column",
    "SELECT setval('orders_id_seq', 9)",
    "sequence behind",
    "last value 9",
    "highest orders.id 1600",
  ],
  [
    "an identity column's sequence behind",
    "ALTER TABLE customers ALTER id RESTART WITH 3; SELECT nextval('customers_id_seq')",
    "sequence behind",
    "highest customers.id 400",
  ],
  [
    "a constraint not validated",
    `ALTER TABLE items DROP CONSTRAINT items_order_id_fkey;
     ALTER TABLE items ADD CONSTRAINT items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders ON DELETE CASCADE NOT VALID`,
    "constraint not validated",
    "items_order_id_fkey",
  ],
  [
    "a view that says something else",
    "CREATE OR REPLACE VIEW order_totals AS SELECT customer_id, count(*) AS orders, sum(total) * 2 AS total FROM orders GROUP BY 1",
    "public.order_totals",
  ],
  [
    "a label of an enum renamed",
    "ALTER TYPE order_state RENAME VALUE 'sent' TO 'gone'",
    "public.order_state",
  ],
  ["a table too many", "CREATE TABLE left_behind (id int)", "public.left_behind"],
];

test.each(CASES)(
  "%s makes the verification red, is named, and the live data stays",
  async (_what, tamper, ...says) => {
    const path = await tampered(tamper);
    const before = await estate.snapshot();
    const ran = await estate.restore("shop", ["--backup", path]);
    expectOutcome(ran, 24, "VERIFICATION IS RED", "shop is as it was: this run did not touch it", ...says);
    const after = await estate.snapshot();
    expect(after["shop"]).toEqual(before["shop"]);
    const added = Object.keys(after).filter((name) => !(name in before));
    expect(added).toEqual([expect.stringMatching(/^shop__restore_/)]);
    expectOutcome(ran, 24, added[0] ?? "", "lifeboat undo");
    expectOutcome(await estate.lifeboat(["undo", runOf(ran), "--confirm", "shop"]), 0);
    expect(await estate.snapshot()).toEqual(before);
  },
);

test("a column called t is a column like any other: all the rest of its row is summed, too", async () => {
  await estate.clone("lettered");
  await sql("CREATE TABLE hashed (t text, v int); INSERT INTO hashed VALUES ('a', 1)", "lettered");
  await sql("CREATE TABLE texted (t text, v xml); INSERT INTO texted VALUES ('a', '<n/>')", "lettered");
  const sums = async (): Promise<Record<string, string>> => {
    const { tables } = JSON.parse(
      await readFile(manifestPath(await estate.backup("custom", "lettered")), "utf8"),
    );
    const said: { table: string; sum: string }[] = tables;
    return Object.fromEntries(said.map(({ table, sum }) => [table, sum]));
  };
  const before = await sums();
  await sql("UPDATE hashed SET v = 2; UPDATE texted SET v = '<m/>'", "lettered");
  const after = await sums();
  await sql("DROP DATABASE lettered");
  for (const table of ["public.hashed", "public.texted"]) expect(after[table]).not.toBe(before[table]);
  expect(after["public.orders"]).toBe(before["public.orders"]);
});

test("a backup of an empty database is red: nothing was compared", async () => {
  await sql("CREATE DATABASE nothing TEMPLATE template0");
  const path = await estate.backup("custom", "nothing");
  await estate.writeRunbook(
    "bare",
    "title: Bare\nscenario: no checks of its own\nsteps:\n  - { id: restore, kind: restore, store: database }\n",
  );
  const before = await estate.snapshot();
  for (const mode of [["--drill"], ["--live", "--confirm", "shop"]]) {
    const ran = await estate.lifeboat([
      "run",
      "shop",
      "bare",
      "--backup",
      path,
      "--on-failure",
      "undo",
      ...mode,
    ]);
    expectOutcome(ran, mode[0] === "--drill" ? 24 : 21, /nothing was (compared|looked at)/);
    expect(await estate.snapshot()).toEqual(before);
  }
});

test("with --on-failure undo a red verification leaves everything as before, exit 21", async () => {
  const path = await tampered(
    "DELETE FROM customers WHERE id NOT IN (SELECT customer_id FROM orders); DELETE FROM items",
  );
  const before = await estate.snapshot();
  const ran = await estate.restore("shop", ["--backup", path, "--on-failure", "undo"]);
  expectOutcome(
    ran,
    21,
    "FAILED AND UNDONE",
    "3,600 rows missing",
    "everything this run had changed was taken back",
  );
  expect(await estate.snapshot()).toEqual(before);
});

test("a drill leaves the live data alone and nothing behind, green or red", async () => {
  const red = await tampered("UPDATE orders SET total = total + 1 WHERE id = 1");
  const green = await estate.backup();
  const before = await estate.snapshot();
  expectOutcome(
    await estate.restore("shop", ["--drill", "--backup", red]),
    24,
    "VERIFICATION IS RED",
    "public.orders",
  );
  expect(await estate.snapshot()).toEqual(before);
  expectOutcome(await estate.restore("shop", ["--drill", "--backup", green]), 0, "DRILL PASSED");
  expect(await estate.snapshot()).toEqual(before);
});

test("what was out of order in the original already is said, and not held against the copy", async () => {
  await estate.clone("untidy");
  await sql(
    `ALTER TABLE items ADD CONSTRAINT few CHECK (quantity < 3) NOT VALID;
     CREATE MATERIALIZED VIEW never_filled AS SELECT 1 AS one WITH NO DATA;
     SELECT setval('orders_id_seq', 12);`,
    "untidy",
  );
  // What a CREATE INDEX CONCURRENTLY that failed leaves behind.
  await expect(sql("CREATE UNIQUE INDEX CONCURRENTLY twice ON items (product)", "untidy")).rejects.toThrow(
    "twice",
  );
  const before = await estate.snapshot();
  const path = await estate.backup("custom", "untidy");
  const ran = await estate.restore("untidy", ["--backup", path]);
  expectOutcome(
    ran,
    0,
    /warning +.*constraint not validated: public.items.few; why: it was so when the backup was taken/,
    /warning +.*materialized view not filled: public.never_filled/,
    /warning +.*sequence behind: public.orders_id_seq; why: .*last value 12, highest orders.id 1600/,
  );
  expect((await estate.snapshot())["untidy"]?.tables).toEqual(before["untidy"]?.tables);
});
