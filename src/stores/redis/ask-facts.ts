import { shellLine, shellWord } from "../../base/quote.ts";
import type { RedisConnection } from "../../runbook/store-kinds/redis-connection.ts";
import type { Command } from "../../step/command.ts";
import { ANSWERS, cliArgv, liveScript, NOBODY } from "./client.ts";

/** Settings that are asked one by one: CONFIG GET takes several only since version 7. */
export const SETTINGS = [
  "dir",
  "dbfilename",
  "appendonly",
  "appendfilename",
  "appenddirname",
  "save",
  "maxmemory",
  "maxmemory-policy",
  "databases",
  "logfile",
  "min-replicas-to-write",
  "min-replicas-max-lag",
] as const;

/** redis-cli knows no time limit of its own. */
const PATIENCE_S = 10;

/**
 * What a server says about itself, each answer behind a line "@name". Where nobody listens it says so, and which files lie
 * in the data folder that system.yaml names: a server that is stopped can be restored all the same.
 */
export function askFacts(connection: RedisConnection): Command {
  const folder = connection.dataFolder === undefined ? "" : shellWord(connection.dataFolder);
  return liveScript(
    connection,
    `said=$(timeout ${PATIENCE_S} ${shellLine(cliArgv(connection))} PING 2>&1) || [ $? != 124 ] || said="${connection.address} does not answer: no word within ${PATIENCE_S} s"
case $said in
${ANSWERS}) ;;
${NOBODY}) echo @stopped; ${folder === "" ? "exit 0" : `cd ${folder} 2>/dev/null && echo @folder && pwd && echo @files && ls -1A; exit 0`} ;;
*) printf '%s\\n' "$said" >&2; exit 1 ;;
esac
echo @info
live INFO || exit 1
echo @user
live ACL WHOAMI
echo @sentinels
live CLIENT LIST | grep -c ' name=sentinel-'
for name in ${SETTINGS.join(" ")}; do
  echo "@setting $name"
  live CONFIG GET "$name"
done`,
  );
}
