import { shellLine, shellWord } from "../../base/quote.ts";
import type { InfluxdbConnection } from "../../runbook/store-kinds/influxdb-connection.ts";
import type { Command } from "../../step/command.ts";
import { influx, script } from "./client.ts";

/**
 * One question whose answer comes as lines with | between: without influx's header, the measurement's name and the
 * time, so that the first column is what was asked for. SHOW answers keep all their columns but the first.
 */
export function queryCommand(connection: InfluxdbConnection, database: string, statement: string): Command {
  const line = shellLine(influx(connection, "csv", database));
  return script(connection, [
    `answer=$(printf '%s\\n' ${shellWord(statement)} | ${line})`,
    // A header begins the answer, and again where columns change.
    String.raw`printf '%s\n' "$answer" | awk -F, 'NR == 1 || $1 == "name" { from = $1 == "name" ? 2 : 1; for (i = 1; i <= NF; i++) if ($i == "time") from = i + 1; next }`,
    String.raw`  NF { for (i = from; i <= NF; i++) printf "%s%s", $i, i < NF ? "|" : "\n" }'`,
  ]);
}
