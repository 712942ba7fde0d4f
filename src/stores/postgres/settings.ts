import type { DatabaseSettings } from "./manifest.ts";
import { ident, literal } from "./identifiers.ts";

/** Settings whose value is a list of names: quoting it whole would make one name of it (as pg_dump knows too). */
const LISTS = [
  "search_path",
  "temp_tablespaces",
  "local_preload_libraries",
  "session_preload_libraries",
  "shared_preload_libraries",
];
const LISTS_SQL = LISTS.map(literal).join(", ");

/**
 * psql script: gives `to` what a dump does not carry from the database `from`: settings, settings of roles in it,
 * privileges, connection limit. Each statement is made by the server and run by \gexec.
 */
export function carrySettingsScript(from: string, to: string): string {
  return `SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', ${literal(to)}, datconnlimit) FROM pg_database WHERE datname = ${literal(from)} \\gexec
SELECT CASE WHEN s.setrole = 0 THEN format('ALTER DATABASE %I', ${literal(to)})
    ELSE format('ALTER ROLE %I IN DATABASE %I', pg_get_userbyid(s.setrole), ${literal(to)}) END
  || format(' SET %I TO ', split_part(c, '=', 1))
  || CASE WHEN split_part(c, '=', 1) IN (${LISTS_SQL}) THEN substr(c, strpos(c, '=') + 1)
    ELSE quote_literal(substr(c, strpos(c, '=') + 1)) END
FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c WHERE d.datname = ${literal(from)} \\gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', ${literal(to)}) FROM pg_database WHERE datname = ${literal(from)} AND datacl IS NOT NULL \\gexec
SELECT format('GRANT %s ON DATABASE %I TO %s%s', a.privilege_type, ${literal(to)},
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
    CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = ${literal(from)} AND a.grantee <> d.datdba \\gexec`;
}

/** The same from a manifest, for a database that no longer exists. */
export function settingsFromManifest(manifest: DatabaseSettings, to: string): string {
  const lines = [`ALTER DATABASE ${ident(to)} CONNECTION LIMIT ${manifest.connectionLimit};`];
  for (const { role, name, value } of manifest.settings) {
    const subject =
      role === null ? `ALTER DATABASE ${ident(to)}` : `ALTER ROLE ${ident(role)} IN DATABASE ${ident(to)}`;
    lines.push(`${subject} SET ${ident(name)} TO ${LISTS.includes(name) ? value : literal(value)};`);
  }
  if (manifest.acl !== null) lines.push(`REVOKE ALL ON DATABASE ${ident(to)} FROM PUBLIC;`);
  for (const { grantee, privilege, grantable } of manifest.acl ?? []) {
    const who = grantee === "" ? "PUBLIC" : ident(grantee);
    lines.push(
      `GRANT ${privilege} ON DATABASE ${ident(to)} TO ${who}${grantable ? " WITH GRANT OPTION" : ""};`,
    );
  }
  return lines.join("\n");
}

/** Carries the settings from the live database when it is there, else from the manifest, else says there are none. */
export function settingsScript(from: string, to: string, manifest: DatabaseSettings | undefined): string {
  const other = manifest
    ? settingsFromManifest(manifest, to)
    : "\\echo no settings to carry: no live database, no manifest";
  return `SELECT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(from)}) AS source_exists \\gset
\\if :source_exists
${carrySettingsScript(from, to)}
\\else
${other}
\\endif`;
}

/** One JSON document of a database's settings, as the manifest keeps them. */
export function settingsQuery(database: string): string {
  return `SELECT json_build_object(
  'owner', pg_get_userbyid(d.datdba), 'encoding', pg_encoding_to_char(d.encoding), 'collate', d.datcollate, 'ctype', d.datctype,
  'provider', coalesce(to_jsonb(d)->>'datlocprovider', 'c'),
  'icuLocale', coalesce(to_jsonb(d)->>'daticulocale', to_jsonb(d)->>'datlocale'),
  'connectionLimit', d.datconnlimit, 'comment', shobj_description(d.oid, 'pg_database'),
  'acl', CASE WHEN d.datacl IS NOT NULL THEN (SELECT coalesce(json_agg(json_build_object(
      'grantee', CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee) END,
      'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]') FROM aclexplode(d.datacl) a WHERE a.grantee <> d.datdba) END,
  'settings', (SELECT coalesce(json_agg(json_build_object(
      'role', CASE WHEN s.setrole <> 0 THEN pg_get_userbyid(s.setrole) END,
      'name', split_part(c, '=', 1), 'value', substr(c, strpos(c, '=') + 1))), '[]')
    FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setdatabase = d.oid))
FROM pg_database d WHERE d.datname = ${literal(database)};`;
}
