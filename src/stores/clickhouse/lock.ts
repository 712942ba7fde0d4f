import { shellLine, shellWord } from "../../base/quote.ts";
import type { ClickhouseConnection } from "../../runbook/store-kinds/clickhouse.ts";
import type { Command } from "../../step/command.ts";
import { ask, invocation, script } from "./client.ts";
import { literal } from "./identifiers.ts";

const TAKEN = "lifeboat has the lock";

/**
 * The server refuses a second query with the id of one that runs (of the same user; code 216): so a query that does nothing
 * for ever is a lock between machines. It ends within a second when its client is gone, however that went (measured); let go
 * in order it is ended and awaited, so that whoever comes next is not told of a run that is over. For the same reason it is
 * asked for a little longer than that second: a run that is resumed at once after its death still finds its own query.
 */
export function lockCommand(
  connection: ClickhouseConnection,
  name: string,
  run: string,
  takeOver: boolean,
): Command {
  const id = `lifeboat-lock ${name}`;
  const mine = literal(id);
  const forEver = `SELECT sleep(1), ${literal(run)} FROM system.numbers FORMAT Null`;
  const words = ["--query_id", id, "--max_block_size", "1", "--max_execution_time", "0", "--query", forEver];
  const holder = `SELECT concat(extract(query, 'sleep\\\\(1\\\\), .([^\\']*)'), ' from ', toString(address), ', for ', toString(round(elapsed)), ' s') FROM system.processes WHERE query_id = ${mine}`;
  const holds = `SELECT count() FROM system.processes WHERE query_id = ${mine} AND position(query, ${literal(run)}) > 0`;
  const end = takeOver ? `${ask(`KILL QUERY WHERE query_id = ${mine} SYNC`)} > /dev/null || exit\n` : "";
  const text = `${end}trap 'kill $lock 2>/dev/null' EXIT
for wait in 0 0.6 0.6 0.6; do
sleep $wait
${invocation(connection, shellLine(words), " &")}
lock=$!
while kill -0 $lock 2>/dev/null; do
  if [ "$(${ask(holds)})" = 1 ]; then
    echo ${shellWord(TAKEN)}
    while read -r line; do :; done
    ${ask(`KILL QUERY WHERE query_id = ${mine} AND position(query, ${literal(run)}) > 0 SYNC`)} > /dev/null
    exit 0
  fi
done
done
${ask(holder)}
echo somebody`;
  return script(connection, text);
}

/** Who holds the lock, by the first line of the session; undefined when this session does. */
export function lockHolder(firstLine: string): string | undefined {
  return firstLine === TAKEN ? undefined : firstLine;
}
