import { shellLine } from "../../base/quote.ts";
import type { RedisConnection } from "../../runbook/store-kinds/redis-connection.ts";
import type { Command } from "../../step/command.ts";

/** redis-cli and where it connects to. The password comes by REDISCLI_AUTH, never as a word. */
export function cliArgv(connection: RedisConnection): string[] {
  const { socket, server, port, user, tls, caFile } = connection;
  return [
    "redis-cli",
    ...(socket === undefined ? ["-h", server, "-p", port] : ["-s", socket]),
    ...(user === "" ? [] : ["--user", user]),
    ...(tls ? ["--tls"] : []),
    ...(caFile === undefined ? [] : ["--cacert", caFile]),
  ];
}

export function cliSecrets({ secretKey }: RedisConnection): Record<string, string> {
  return secretKey === undefined ? {} : { REDISCLI_AUTH: secretKey };
}

/** A script of sh that calls the live server `live`; `live` is redis-cli with its connection. */
export function liveScript(connection: RedisConnection, script: string, token?: string): Command {
  return {
    argv: ["sh", "-c", `live() { ${shellLine(cliArgv(connection))} "$@"; }\n${script}`],
    env: {},
    secrets: cliSecrets(connection),
    ...(token === undefined ? {} : { token }),
  };
}

/** A script of sh that speaks to no live server. */
export function localScript(script: string, token?: string): Command {
  return { argv: ["sh", "-c", script], env: {}, secrets: {}, ...(token === undefined ? {} : { token }) };
}

/** redis-cli speaks to a server that is loading, whose disk is full … as well: only these words mean "not that server". */
export const ANSWERS = "PONG | LOADING* | MISCONF* | MASTERDOWN*";
/** What redis-cli says where nobody listens. */
export const NOBODY = '*"Connection refused"* | *"No such file or directory"*';
