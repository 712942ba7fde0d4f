import { USER_RELATION } from "./shape-query.ts";

/**
 * Types whose values have no hash (json, xml, geometry …), or one that changes with a restore (enums and reg* hash
 * their oid): a table with such a column is summed over its text.
 * `hash_record_extended` needs version 14; before that the text is summed as well.
 */
const HASHABLE = `current_setting('server_version_num')::int >= 140000 AND NOT EXISTS (
      SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_type el ON el.oid = t.typelem AND t.typcategory = 'A'
        LEFT JOIN pg_type b ON b.oid = coalesce(nullif(coalesce(el.typbasetype, t.typbasetype), 0), el.oid, t.oid)
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND NOT (b.typname IN ('varchar', 'bpchar', 'cidr') OR EXISTS (
          SELECT FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
          WHERE m.amname = 'hash' AND o.opcdefault AND o.opcintype = b.oid AND b.typname NOT LIKE 'reg%' AND b.typname <> 'oid')))`;

const TABLES = `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND ${USER_RELATION}`;

/** psql script: one JSON line {table, rows, sum, method} for each table, counted and summed in a single pass. A bare `t` would be a column of that name. */
export const CONTENT_SCRIPT = `SELECT format(
  'SELECT json_build_object(''table'', %L, ''rows'', count(*)::text, ''sum'', coalesce(sum(%s), 0)::text, ''method'', %L) FROM ONLY %I.%I t',
  format('%I.%I', n.nspname, c.relname),
  CASE WHEN hashable THEN 'hash_record_extended(t.*, 0)::numeric' ELSE 'hashtextextended((t.*)::text, 0)::numeric' END,
  CASE WHEN hashable THEN 'hash_record_extended' ELSE 'hashtextextended' END, n.nspname, c.relname)
FROM (SELECT c.oid, c.relname, c.relnamespace, ${HASHABLE} AS hashable ${TABLES}) c
  JOIN pg_namespace n ON n.oid = c.relnamespace ORDER BY n.nspname, c.relname \\gexec`;

/** The same lines without sums: method is "none". */
export const COUNTS_SCRIPT = `SELECT format(
  'SELECT json_build_object(''table'', %L, ''rows'', count(*)::text, ''sum'', '''', ''method'', ''none'') FROM ONLY %I.%I',
  format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
${TABLES} ORDER BY n.nspname, c.relname \\gexec`;
