import { shellLine } from "../../base/quote.ts";
import type { Command } from "../../step/command.ts";
import { type Client, clientSecrets, connectArguments, sql } from "./client.ts";
import { INTEGRITY_SCRIPT } from "./integrity-query.ts";
import { settingsQuery } from "./settings.ts";
import { PINNED, SHAPE_QUERY, USER_RELATION } from "./shape-query.ts";
import { CONTENT_SCRIPT } from "./tables-query.ts";

export const DUMP_FORMATS = ["plain", "plain.gz", "custom", "directory", "tar"] as const;
export type DumpFormat = (typeof DUMP_FORMATS)[number];

/** Roles a dump of this database names: owners and grantees. */
const ROLES_QUERY = `SELECT coalesce(json_agg(DISTINCT name), '[]') FROM (
  SELECT pg_get_userbyid(c.relowner) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${USER_RELATION}
  UNION ALL
  SELECT r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
  WHERE d.refclassid = 'pg_authid'::regclass AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
) roles;`;

const SERVER_QUERY = `SELECT json_build_object('version', current_setting('server_version'),
  'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()),
  'bytes', pg_database_size(current_database()));`;

/** Sections of what the script prints, each after a line "@name". */
export const SECTIONS = ["dumped", "server", "settings", "roles", "shape", "integrity", "tables"] as const;

function dumpLine(client: Client, format: DumpFormat, path: string, jobs: number): string {
  const where = connectArguments(client, client.connection.database);
  const dump = (kind: string, ...more: string[]): string =>
    `${shellLine(["pg_dump", "--format", kind, ...more, ...where])} --snapshot="$LIFEBOAT_SNAPSHOT" </dev/null`;
  switch (format) {
    case "plain":
      return dump("plain", "--file", path);
    case "plain.gz":
      // Without pipefail: the token of pg_dump's success is written beside, and only then is gzip's output believed.
      return `{ ${dump("plain")} || echo failed >&3; } 3>${shellLine([`${path}.failed`])} | gzip -6 > ${shellLine([path])} && [ ! -s ${shellLine([`${path}.failed`])} ]; s=$?; rm -f ${shellLine([`${path}.failed`])}; [ $s = 0 ]`;
    case "directory":
      return dump("directory", "--jobs", String(jobs), "--compress", "1", "--file", path);
    case "custom":
    case "tar":
      return dump(format, "--file", path);
  }
}

/**
 * One psql session that exports its snapshot, has pg_dump dump in it, and then describes the database in the same
 * snapshot: the manifest agrees with the dump even while others write.
 */
export function dumpCommand(
  client: Client,
  format: DumpFormat,
  path: string,
  jobs: number,
  token: string,
): Command {
  const { database } = client.connection;
  const script = `${PINNED}
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS lifeboat_snapshot \\gset
\\setenv LIFEBOAT_SNAPSHOT :lifeboat_snapshot
\\echo @dumped
\\! ${dumpLine(client, format, path, jobs)} && echo ${token}
\\echo @server
${SERVER_QUERY}
\\echo @settings
${settingsQuery(database)}
\\echo @roles
${ROLES_QUERY}
\\echo @shape
${SHAPE_QUERY}
\\echo @integrity
${INTEGRITY_SCRIPT}
\\echo @tables
${CONTENT_SCRIPT}
COMMIT;`;
  return { ...sql(client, database, script, { token }), secrets: clientSecrets(client) };
}

/** The printed sections by name. */
export function sectionsOf(stdout: string): Map<string, string> {
  const sections = new Map<string, string>();
  let name: string | undefined;
  for (const line of stdout.split("\n")) {
    const opened = SECTIONS.find((section) => line === `@${section}`);
    if (opened) name = opened;
    else if (name !== undefined) sections.set(name, `${sections.get(name) ?? ""}${line}\n`);
  }
  return sections;
}
