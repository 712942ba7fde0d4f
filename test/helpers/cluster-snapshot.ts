import type { TestServer } from "./postgres.ts";

/** One database as an independent eye sees it: nothing here uses Lifeboat's own queries. */
export interface DatabaseSnapshot {
  oid: string;
  /** Owner, connection limit, comment, privileges, settings, and whether it takes connections. */
  about: string;
  /** Table → "rows md5". Empty when the database takes no connections. */
  tables: Record<string, string>;
}

/** Every database of a cluster by name, templates left out. */
export type ClusterSnapshot = Record<string, DatabaseSnapshot>;

const DATABASES = `SELECT json_agg(json_build_object('name', d.datname, 'oid', d.oid::text, 'open', d.datallowconn, 'about', concat_ws('; ',
    'owner ' || pg_get_userbyid(d.datdba), 'limit ' || d.datconnlimit, 'open ' || d.datallowconn,
    'encoding ' || pg_encoding_to_char(d.encoding), 'locale ' || d.datcollate,
    'comment ' || shobj_description(d.oid, 'pg_database'),
    'acl ' || (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(d.datacl) a),
    (SELECT string_agg(coalesce(nullif(s.setrole::regrole::text, '-'), 'all') || ': ' || s.setconfig::text, ' | ' ORDER BY s.setrole)
      FROM pg_db_role_setting s WHERE s.setdatabase = d.oid))))
FROM pg_database d WHERE NOT d.datistemplate;`;

const TABLES = `SET search_path = pg_catalog; SET timezone = 'UTC'; SET work_mem = '256MB';
SELECT format('SELECT %L || E''\\t'' || count(*) || '' '' || coalesce(md5(string_agg(t::text, E''\\n'' ORDER BY t::text COLLATE "C")), '''') FROM ONLY %I.%I t',
  c.oid::regclass::text, n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1 \\gexec`;

interface Row {
  name: string;
  oid: string;
  open: boolean;
  about: string;
}

async function tablesOf(server: TestServer, name: string): Promise<Record<string, string>> {
  const lines = (await server.psql(name, TABLES)).split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line): [string, string] => {
      const [table = "", sum = ""] = line.split("\t");
      return [table, sum];
    }),
  );
}

/** `only`: names of databases to read; the others are left out. */
export async function snapshotCluster(
  server: TestServer,
  only?: readonly string[],
): Promise<ClusterSnapshot> {
  const rows: Row[] = JSON.parse(await server.psql("postgres", DATABASES));
  const found: ClusterSnapshot = {};
  for (const { name, oid, open, about } of rows) {
    if (only !== undefined && !only.includes(name)) continue;
    found[name] = { oid, about, tables: open ? await tablesOf(server, name) : {} };
  }
  return found;
}
