import { USER_RELATION } from "./shape-query.ts";

/**
 * psql script: one JSON line {problem, name, detail} for everything that is there but not in order, then
 * {"looked": n} so that silence is never taken for health.
 */
export const INTEGRITY_SCRIPT = `SELECT json_build_object('problem', 'index not valid', 'name', format('%I.%I', n.nspname, i.relname), 'detail', '')
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE NOT (x.indisvalid AND x.indisready);
SELECT json_build_object('problem', 'constraint not validated', 'name', format('%I.%I.%I', n.nspname, c.relname, k.conname), 'detail', '')
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT k.convalidated;
SELECT json_build_object('problem', 'materialized view not filled', 'name', format('%I.%I', n.nspname, c.relname), 'detail', '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND NOT c.relispopulated;
SELECT format('SELECT json_build_object(''problem'', ''sequence behind'', ''name'', %L, ''detail'',
    format(''last value %%s, highest %s %%s'', s.last_value, m.highest))
  FROM %I.%I s, (SELECT max(%I) AS highest FROM %I.%I) m WHERE m.highest > s.last_value',
  format('%I.%I', n.nspname, q.relname), format('%I.%I', c.relname, a.attname), n.nspname, q.relname, a.attname, tn.nspname, c.relname)
FROM pg_depend d JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S' JOIN pg_namespace n ON n.oid = q.relnamespace
  JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
  JOIN pg_sequence s ON s.seqrelid = q.oid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  AND s.seqincrement > 0 AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AND ${USER_RELATION} \\gexec
SELECT json_build_object('looked', (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'i', 'S') AND ${USER_RELATION}));`;
