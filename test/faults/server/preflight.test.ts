import { readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manifestPath } from "../../../src/checks/manifest.ts";
import { type Estate, openEstate } from "../../helpers/estate.ts";
import { expectOutcome } from "../outcome.ts";

let estate: Estate;
let backup: string;
beforeAll(async () => {
  estate = await openEstate({ settings: { max_prepared_transactions: "5", wal_level: "logical" } });
  backup = await estate.backup();
});
afterAll(() => estate?.stop());

const sql = (text: string, database = "postgres"): Promise<string> => estate.server.psql(database, text);

/** Exit 11 with these words, and the cluster is what it was to the last row and setting. */
async function expectRefused(args: string[], ...says: (string | RegExp)[]): Promise<void> {
  const before = await estate.snapshot();
  const ran = await estate.restore("shop", args.length > 0 ? args : ["--backup", backup]);
  expectOutcome(ran, 11, "check failed: ", "nothing was changed", ...says);
  expect(await estate.snapshot()).toEqual(before);
}

/** What a test sets up in `database` is taken away again, also when it fails: the others use the same server. */
async function having<T>(
  setUp: string,
  tearDown: string,
  database: string,
  work: () => Promise<T>,
): Promise<T> {
  await sql(setUp, database);
  try {
    return await work();
  } finally {
    await sql(tearDown, database);
  }
}

test("a prepared transaction, which would block the rename, is refused by its name", () =>
  having(
    "BEGIN; UPDATE customers SET name = 'x' WHERE id = 1; PREPARE TRANSACTION 'two phase''s';",
    "ROLLBACK PREPARED 'two phase''s'",
    "shop",
    () =>
      expectRefused(
        [],
        "no prepared transactions",
        "two phase's: they block the rename",
        "ROLLBACK PREPARED 'two phase''s';",
      ),
  ));

test("a logical slot, which would be lost without a word, is refused by its name", () =>
  having(
    "SELECT pg_create_logical_replication_slot('to_search', 'pgoutput')",
    "SELECT pg_drop_replication_slot('to_search')",
    "shop",
    () => expectRefused([], "no logical slots", "to_search", "pg_drop_replication_slot('to_search')"),
  ));

test("a subscription, which would go on writing into the old data, is refused", () =>
  having(
    "CREATE SUBSCRIPTION feed CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false)",
    "ALTER SUBSCRIPTION feed SET (slot_name = NONE); DROP SUBSCRIPTION feed;",
    "shop",
    () => expectRefused([], "no subscriptions", "1 subscription", "ALTER SUBSCRIPTION"),
  ));

test("a role the backup needs and the server lacks is named before anything is made", async () => {
  await estate.clone("with_role");
  await sql('CREATE ROLE "gone away"; ');
  await sql('GRANT SELECT ON customers TO "gone away"', "with_role");
  const [custom, plain] = [
    await estate.backup("custom", "with_role"),
    await estate.backup("plain", "with_role"),
  ];
  await sql("DROP DATABASE with_role");
  await sql('DROP ROLE "gone away"');
  await expectRefused(["--backup", custom], "role gone away exists", 'CREATE ROLE "gone away";');
  // Without a manifest the artifact itself tells.
  for (const path of [custom, plain]) {
    await rm(manifestPath(path));
    await expectRefused(["--backup", path], "role gone away exists", 'CREATE ROLE "gone away";');
  }
});

test("an extension the server does not have is named, by the manifest or by the dump itself", async () => {
  const plain = await estate.backup("plain");
  const manifest = JSON.parse(await readFile(manifestPath(plain), "utf8"));
  manifest.shape.push({ kind: "extension", name: "no_such_extension", definition: "1.0" });
  await writeFile(manifestPath(plain), JSON.stringify(manifest));
  await expectRefused(["--backup", plain], "extension no_such_extension is available", "install the package");

  const bare = plain.replace(".sql", "-bare.sql");
  const dump = await readFile(plain, "utf8");
  await writeFile(
    bare,
    dump.replace(
      "CREATE TYPE",
      "CREATE EXTENSION IF NOT EXISTS no_such_extension WITH SCHEMA public;\n\nCREATE TYPE",
    ),
  );
  await expectRefused(["--backup", bare], "extension no_such_extension is available");
});

test("a database of another encoding is refused", async () => {
  await sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  const before = await estate.snapshot();
  const ran = await estate.restore("latin", ["--backup", backup]);
  expectOutcome(ran, 11, "encoding agrees", "the backup is UTF8, the database LATIN1", "nothing was changed");
  expect(await estate.snapshot()).toEqual(before);
  await sql("DROP DATABASE latin");
});

const WRITES = "SET default_transaction_read_only = off;";

test("a server that takes no writes by default is refused", () =>
  having(
    "ALTER SYSTEM SET default_transaction_read_only = on; SELECT pg_reload_conf();",
    `${WRITES} ALTER SYSTEM RESET default_transaction_read_only; SELECT pg_reload_conf();`,
    "postgres",
    () =>
      expectRefused([], "server takes writes", "default_transaction_read_only is on", "ALTER SYSTEM RESET"),
  ));

test("a role that may not write by default is refused, with what resets the role", () =>
  having(
    "ALTER ROLE postgres SET default_transaction_read_only = on",
    `${WRITES} ALTER ROLE postgres RESET default_transaction_read_only`,
    "postgres",
    () =>
      expectRefused([], "server takes writes", 'ALTER ROLE "postgres" RESET default_transaction_read_only'),
  ));

test("a database that is read-only by its own setting is restored, and stays read-only", async () => {
  await estate.clone("archive");
  await sql("ALTER DATABASE archive SET default_transaction_read_only = on");
  expectOutcome(await estate.restore("archive", ["--backup", backup]), 0);
  expect(await sql("SHOW default_transaction_read_only", "archive")).toBe("on");
});

test("a role that may open too few connections is told how many it takes", async () => {
  await sql("CREATE ROLE narrow LOGIN CREATEDB CONNECTION LIMIT 2 IN ROLE shop_owner, pg_signal_backend");
  const before = await estate.snapshot();
  const env = { SHOP_URL: estate.server.url("shop").replace("user=postgres", "user=narrow") };
  const ran = await estate.restore("shop", ["--backup", backup], env);
  expectOutcome(
    ran,
    11,
    "enough connections",
    "role narrow may open 2",
    'ALTER ROLE "narrow" CONNECTION LIMIT',
  );
  expect(await estate.snapshot()).toEqual(before);
});

test("a role without the privileges for it is told each of them, with its GRANT", async () => {
  await sql("CREATE ROLE nobody_much LOGIN; GRANT CONNECT ON DATABASE shop TO nobody_much");
  const before = await estate.snapshot();
  const env = { SHOP_URL: estate.server.url("shop").replace("user=postgres", "user=nobody_much") };
  const ran = await estate.restore("shop", ["--backup", backup], env);
  expectOutcome(
    ran,
    11,
    'ALTER ROLE "nobody_much" CREATEDB',
    'GRANT "shop_owner" TO "nobody_much"',
    "GRANT pg_signal_backend",
  );
  expect(await estate.snapshot()).toEqual(before);
});

test("a role that is no superuser restores all the same, once it has what preflight asked for", async () => {
  await estate.clone("owned");
  await sql("CREATE ROLE restorer LOGIN CREATEDB IN ROLE shop_owner, pg_signal_backend");
  const as = (name: string): Record<string, string> => ({
    SHOP_URL: estate.server.url(name).replace("user=postgres", "user=restorer"),
  });
  const before = await estate.snapshot();
  const refused = await estate.restore("owned", ["--backup", backup], as("owned"));
  expectOutcome(refused, 11, "shop_app has settings in this database", 'ALTER ROLE "restorer" CREATEROLE;');
  expect(await estate.snapshot()).toEqual(before);
  await sql('ALTER ROLE "restorer" CREATEROLE');
  expectOutcome(await estate.restore("owned", ["--backup", backup], as("owned")), 0, "RECOVERED");
  const { owned } = await estate.snapshot(["owned"]);
  expect(owned?.about).toEqual(before["owned"]?.about);
  expect(owned?.tables).toEqual(before["shop"]?.tables);
});

test("a locale the server does not have is named, with what helps", async () => {
  const path = await estate.backup("directory");
  const manifest = JSON.parse(await readFile(manifestPath(path), "utf8"));
  Object.assign(manifest.settings, { collate: "xx_YY.UTF-8", ctype: "xx_YY.UTF-8" });
  await writeFile(manifestPath(path), JSON.stringify(manifest));
  const before = await estate.snapshot();
  const ran = await estate.restore("gone_for_good", ["--backup", path]);
  expectOutcome(
    ran,
    20,
    "the server does not have the locale xx_YY.UTF-8",
    /next: install the locale on the server/,
  );
  expect(await estate.snapshot()).toEqual(before);
});

/** Stand-ins: they only say an older version, everything else is done by the real program. */
test("client programs older than the server are refused", async () => {
  const old = (name: string): string => `#!/bin/sh
[ "$1" = --version ] && { echo "${name} (PostgreSQL) 9.6.24"; exit; }
exec "${estate.server.programs.bin}/${name}" "$@"
`;
  const before = await estate.snapshot();
  for (const name of ["psql", "pg_restore"]) {
    const ran = await estate.restore(
      "shop",
      ["--backup", backup],
      await estate.standIns({ [name]: old(name) }),
    );
    expectOutcome(
      ran,
      11,
      `${name} on this machine`,
      `${name} 9.6.24 is older than the server (15)`,
      `install ${name} 15 or newer`,
    );
  }
  expect(await estate.snapshot()).toEqual(before);
});

test("a fence that a crash left behind is reported, and the restore goes through", async () => {
  await estate.clone("fenced");
  await sql("ALTER DATABASE fenced ALLOW_CONNECTIONS false");
  const ran = await estate.restore("fenced", ["--backup", backup]);
  expectOutcome(
    ran,
    0,
    "it is closed to new connections (a fence left behind?)",
    'ALTER DATABASE "fenced" ALLOW_CONNECTIONS true;',
  );
  const { fenced, shop } = await estate.snapshot(["fenced", "shop"]);
  expect(fenced?.tables).toEqual(shop?.tables);
});
