import type { TestClickhouse } from "./clickhouse.ts";

/** Every table of every database that is not the server's own: rows, and a sum over all of them as text. */
export type ClickhouseSnapshot = Record<string, string>;

/** Equal before and after = whole and nothing left over. */
export async function snapshotClickhouse(
  server: TestClickhouse,
  only?: readonly string[],
): Promise<ClickhouseSnapshot> {
  // Asked about all databases the server stumbles over a table that is being renamed in another one.
  const where =
    only === undefined
      ? "database NOT IN ('system')"
      : `database IN (${only.map((name) => `'${name}'`).join(", ")})`;
  const tables = await server.ask(
    `SELECT database, name FROM system.tables WHERE ${where} AND engine NOT LIKE '%View' ORDER BY database, name FORMAT TabSeparated`,
  );
  const databases = (await server.ask("SHOW DATABASES")).split("\n");
  const found: ClickhouseSnapshot = {};
  for (const database of databases)
    if (database !== "system" && database !== "default") found[database] = "database";
  for (const line of tables.split("\n").filter((one) => one !== "")) {
    const [database = "", name = ""] = line.split("\t");
    if (only !== undefined && !only.includes(database)) continue;
    found[`${database}.${name}`] = await contentOf(server, database, name);
  }
  if (only === undefined) return found;
  return Object.fromEntries(Object.entries(found).filter(([key]) => only.includes(key.split(".")[0] ?? "")));
}

/** By other means than Lifeboat's own: a hash of the rows as text, sorted by nothing. */
async function contentOf(server: TestClickhouse, database: string, name: string): Promise<string> {
  const columns = await server.ask(
    `SELECT arrayStringConcat(groupArray(concat('if(isNull(\`', name, '\`), \\'NULL\\', concat(\\'=\\', toString(\`', name, '\`)))')), ', \\'|\\', ') FROM system.columns WHERE database = '${database}' AND table = '${name.replaceAll("'", "\\'")}' FORMAT TabSeparatedRaw`,
  );
  const row = `concat('', ${columns}, '')`;
  return server.ask(
    `SELECT count(), sum(sipHash64(assumeNotNull(${row}))) FROM \`${database}\`.\`${name}\` FORMAT TabSeparatedRaw`,
  );
}
