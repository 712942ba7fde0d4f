import type { ClickhouseConnection } from "../../runbook/store-kinds/clickhouse.ts";
import type { Command } from "../../step/command.ts";
import { ask, script } from "./client.ts";
import { literal } from "./identifiers.ts";
import { WANTED_SETTINGS } from "./settings.ts";

const json = (what: string, columns: string): string =>
  `SELECT ${literal(what)} AS what, ${columns} FORMAT JSONEachRow;`;

/** Numbers come as text: whether JSON quotes those of 64 bits differs from version to version. */
function statements(database: string): string {
  const mine = literal(database);
  return [
    json(
      "server",
      "version() AS version, hostName() AS host, (SELECT value FROM system.settings WHERE name = 'readonly') AS mode",
    ),
    json("database", "name, metadata_path AS metadata FROM system.databases"),
    json("subject", `engine FROM system.databases WHERE name = ${mine}`),
    json("setting", `name FROM system.settings WHERE name IN (${WANTED_SETTINGS.map(literal).join(", ")})`),
    json(
      "table",
      `name, engine, engine_full AS full, create_table_query AS created FROM system.tables WHERE database = ${mine}`,
    ),
    json(
      "column",
      `table, name, type, default_kind AS kind, default_expression AS expression FROM system.columns WHERE database = ${mine}`,
    ),
    json(
      "part",
      `table, toString(sum(rows)) AS rows, toString(sum(bytes_on_disk)) AS bytes FROM system.parts WHERE active AND database = ${mine} GROUP BY table`,
    ),
    json(
      "view",
      `arrayStringConcat(arrayMap((d, t) -> concat(d, '.', t), dependencies_database, dependencies_table), ', ') AS fed, name AS by FROM system.tables WHERE database = ${mine} AND length(dependencies_table) > 0`,
    ),
    json("dictionary", "name FROM system.dictionaries"),
    json(
      "query",
      "substring(query, 1, 60) AS text, toString(round(elapsed)) AS seconds FROM system.processes WHERE query NOT LIKE '%system.processes%' AND NOT startsWith(query_id, 'lifeboat')",
    ),
  ].join("\n");
}

/** What only newer servers know. */
function newer(database: string): string {
  const more = [
    "SELECT 'more' AS what, toString(serverUUID()) AS uuid, toString(tcpPort()) AS port FORMAT JSONEachRow",
    "SELECT 'disk' AS what, path, toString(free_space) AS free FROM system.disks WHERE name = 'default' FORMAT JSONEachRow",
    `SELECT 'uuid' AS what, name, toString(uuid) AS uuid FROM system.tables WHERE database = ${literal(database)} FORMAT JSONEachRow`,
  ];
  return more.map((query) => `${ask(query)} 2>/dev/null`).join("\n  ");
}

/** A line of JSON for each thing the server says about itself and one database. Not with `readonly`: it is asked for. */
export function askFacts(connection: ClickhouseConnection, database: string): Command {
  const text = `ch --multiquery || exit
case $(${ask("SELECT version()")}) in 1.*|18.*|19.*|20.*) ;; *)
  ${newer(database)} ;;
esac
true`;
  return script(connection, text, { stdin: `${statements(database)}\n` });
}
