/** Tables whose rows a dump carries: not those that belong to an extension, nor temporary ones. */
const USER_RELATION = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
    AND n.nspname NOT LIKE 'pg_temp%'
    AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.classid = 'pg_class'::regclass AND e.deptype = 'e')`;

const NOT_OF_EXTENSION = (oid: string, catalog: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = ${oid} AND e.classid = '${catalog}'::regclass AND e.deptype = 'e')`;

/** Names and definitions come out the same on every server and for every search_path. */
export const PINNED = `SET search_path = pg_catalog;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET extra_float_digits = 1;
SET bytea_output = 'hex';
SET row_security = off;`;

/** Every object of a database's shape, one JSON document: an array of {kind, name, definition}. */
export const SHAPE_QUERY = `SELECT coalesce(json_agg(json_build_object('kind', kind, 'name', name, 'definition', definition) ORDER BY kind, name), '[]') FROM (
  SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'f' THEN 'foreign table'
      WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' END AS kind,
    format('%I.%I', n.nspname, c.relname) AS name,
    CASE WHEN c.relkind IN ('v', 'm') THEN md5(pg_get_viewdef(c.oid))
      ELSE (SELECT coalesce(string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
          CASE WHEN a.attnotnull THEN ' not null' ELSE '' END), ', ' ORDER BY a.attname), '')
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) END AS definition
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND ${USER_RELATION}
  UNION ALL
  SELECT 'default', format('%I.%I.%I', n.nspname, c.relname, a.attname), pg_get_expr(d.adbin, d.adrelid)
  FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
  WHERE ${USER_RELATION}
  UNION ALL
  SELECT 'sequence', format('%I.%I', n.nspname, c.relname), format('%s start %s increment %s%s', format_type(s.seqtypid, NULL),
      s.seqstart, s.seqincrement, CASE WHEN s.seqcycle THEN ' cycle' ELSE '' END)
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${USER_RELATION}
  UNION ALL
  SELECT 'index', format('%I.%I', n.nspname, i.relname), pg_get_indexdef(x.indexrelid)
  FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
  -- an index that is not valid is in no dump
  WHERE x.indisvalid AND x.indisready AND ${USER_RELATION}
  UNION ALL
  SELECT 'constraint', format('%I.%I.%I', n.nspname, c.relname, k.conname), pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  -- version 18 lists NOT NULL here as well; columns say it already
  WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND ${USER_RELATION}
  UNION ALL
  SELECT 'trigger', format('%I.%I.%I', n.nspname, c.relname, t.tgname), md5(pg_get_triggerdef(t.oid)) || ' ' || t.tgenabled::text
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT t.tgisinternal AND ${USER_RELATION}
  UNION ALL
  SELECT 'policy', format('%I.%I.%I', n.nspname, c.relname, p.polname), md5(concat_ws('|', p.polcmd, p.polpermissive,
      pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)))
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${USER_RELATION}
  UNION ALL
  SELECT 'function', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
    md5(concat_ws('|', p.prosrc, p.prokind, p.provolatile, p.prosecdef, pg_get_function_result(p.oid)))
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND ${NOT_OF_EXTENSION("p.oid", "pg_proc")}
  UNION ALL
  SELECT 'enum', format('%I.%I', n.nspname, t.typname), string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid
  WHERE n.nspname !~ '^pg_' AND ${NOT_OF_EXTENSION("t.oid", "pg_type")} GROUP BY 2
  UNION ALL
  SELECT 'extension', extname, extversion FROM pg_extension WHERE extname <> 'plpgsql'
  UNION ALL
  SELECT 'schema', format('%I', nspname), pg_get_userbyid(nspowner) FROM pg_namespace n
  WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public') AND ${NOT_OF_EXTENSION("n.oid", "pg_namespace")}
) shape;`;

export { USER_RELATION };
