import { shellLine, shellWord } from "../../base/quote.ts";
import type { ArtifactFormat } from "../../catalog/backup.ts";
import type { Command } from "../../step/command.ts";
import { type Client, clientEnv, clientSecrets, connectArguments, tokenStatement } from "./client.ts";

export interface LoadInput {
  client: Client;
  /** The empty database that receives the data. */
  database: string;
  path: string;
  format: ArtifactFormat;
  /** Connections and CPU the load may use at once. */
  jobs: number;
  owners: "keep" | "skip";
  /** sed expressions that drop lines of the preamble this server or psql does not know. */
  repairs: string[];
  token: string;
}

/**
 * Session settings that are safe on a copy nobody uses yet. Parallel work makes a restore fast, settings hardly do
 * (measured: a larger maintenance_work_mem gained nothing). fsync, full_page_writes and wal_level are never touched.
 */
export const LOAD_SETTINGS = {
  // What the database may have been given by ALTER DATABASE … SET, and would stop a load half way.
  default_transaction_read_only: "off",
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  synchronous_commit: "off",
};

const UNWRAP = { none: "cat", gzip: "gunzip -c", zstd: "zstd -dcq" } as const;

/**
 * Plain SQL is framed: BEGIN, the dump, COMMIT, the token. A reader that fails sends no COMMIT; a file cut inside a
 * COPY makes COMMIT fail there; only a whole dump prints the token. psql's exit code proves none of this
 * (measured: `psql -1` commits half a table and exits 0).
 */
function loadPlain(input: LoadInput): Command {
  const { client, database, path, format, repairs, token } = input;
  const frame = `{ echo 'BEGIN;' && ${UNWRAP[format.wrapper]} < ${shellWord(path)} && echo && echo 'COMMIT;' && echo ${shellWord(tokenStatement(token))}; }`;
  const repair =
    repairs.length > 0 ? ` | LC_ALL=C sed ${repairs.map((r) => `-e ${shellWord(r)}`).join(" ")}` : "";
  const psql = shellLine([
    "psql",
    "-X",
    "-q",
    "-A",
    "-t",
    "-v",
    "ON_ERROR_STOP=1",
    ...connectArguments(client, database),
  ]);
  return {
    argv: ["sh", "-c", `${frame}${repair} | ${psql}`],
    env: clientEnv(client, LOAD_SETTINGS),
    secrets: clientSecrets(client),
    token,
  };
}

/** pg_restore reads archives itself; only a compressed one has to come through a pipe, which excludes --jobs. */
function loadArchive(input: LoadInput): Command {
  const { client, database, path, format, jobs, owners } = input;
  const parallel =
    format.wrapper === "none" && (format.payload === "custom" || format.payload === "directory");
  const argv = [
    "pg_restore",
    "--exit-on-error",
    ...(parallel && jobs > 1 ? ["--jobs", String(jobs)] : []),
    ...(owners === "skip" ? ["--no-owner", "--no-privileges"] : []),
    ...connectArguments(client, database),
  ];
  const env = clientEnv(client, LOAD_SETTINGS);
  const secrets = clientSecrets(client);
  if (format.wrapper === "none") return { argv: [...argv, path], env, secrets };
  return {
    argv: ["sh", "-c", `${UNWRAP[format.wrapper]} < ${shellWord(path)} | ${shellLine(argv)}`],
    env,
    secrets,
  };
}

/** The command that fills an empty database from an artifact. */
export function loadCommand(input: LoadInput): Command {
  return input.format.payload === "plain" ? loadPlain(input) : loadArchive(input);
}
