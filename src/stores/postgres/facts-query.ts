import { literal } from "./identifiers.ts";

/** One JSON document about the server and one database, for a read-only transaction in its maintenance database. */
export function factsQuery(database: string): string {
  const name = literal(database);
  return `SELECT json_build_object(
  'version', current_setting('server_version'),
  'versionNum', current_setting('server_version_num')::int,
  'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()),
  'inRecovery', pg_is_in_recovery(),
  'readOnlyBy', (SELECT source FROM pg_settings WHERE name = 'default_transaction_read_only' AND setting = 'on'),
  'address', coalesce(host(inet_server_addr()) || ':' || inet_server_port(), 'socket, port ' || current_setting('port')),
  'dataDirectory', CASE WHEN pg_has_role(current_user, 'pg_read_all_settings', 'member')
    THEN current_setting('data_directory') ELSE '' END,
  'user', current_user,
  'superuser', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
  'createdb', (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user),
  'mayAlterRoles', (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user),
  'roleSettings', (SELECT coalesce(json_agg(DISTINCT pg_get_userbyid(s.setrole)), '[]') FROM pg_db_role_setting s
      JOIN pg_database d ON d.oid = s.setdatabase WHERE s.setrole <> 0 AND d.datname = ${name}),
  'maySignal', pg_has_role(current_user, 'pg_signal_backend', 'member'),
  'connectionLimit', (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user),
  'roles', (SELECT json_agg(rolname) FROM pg_roles),
  'extensions', (SELECT coalesce(json_agg(name), '[]') FROM pg_available_extensions),
  'database', (SELECT json_build_object(
      'oid', d.oid::text, 'owner', pg_get_userbyid(d.datdba), 'mayOwn', pg_has_role(current_user, d.datdba, 'member'),
      'encoding', pg_encoding_to_char(d.encoding), 'allowsConnections', d.datallowconn,
      'collate', d.datcollate, 'ctype', d.datctype, 'comment', shobj_description(d.oid, 'pg_database'),
      'bytes', CASE WHEN has_database_privilege(d.oid, 'CONNECT') OR pg_has_role(current_user, 'pg_read_all_stats', 'member')
        THEN pg_database_size(d.oid) END)
    FROM pg_database d WHERE d.datname = ${name}),
  'sessions', (SELECT coalesce(json_agg(s), '[]') FROM (
      SELECT coalesce(nullif(application_name, ''), 'unnamed') AS application, usename AS "user", count(*)::int AS sessions
      FROM pg_stat_activity WHERE datname = ${name} AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      GROUP BY 1, 2 ORDER BY 3 DESC) s),
  'superuserSessions', (SELECT count(*)::int FROM pg_stat_activity a JOIN pg_roles r ON r.rolname = a.usename
      WHERE a.datname = ${name} AND r.rolsuper AND a.pid <> pg_backend_pid()),
  'prepared', (SELECT coalesce(json_agg(gid), '[]') FROM pg_prepared_xacts WHERE database = ${name}),
  'slots', (SELECT coalesce(json_agg(json_build_object('name', slot_name, 'active', active)), '[]')
      FROM pg_replication_slots WHERE database = ${name}),
  'subscriptions', (SELECT count(s.subdbid)::int FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = ${name}),
  'standbys', (SELECT count(*)::int FROM pg_stat_replication),
  'leftovers', (SELECT coalesce(json_agg(datname ORDER BY datname), '[]') FROM pg_database
      WHERE left(datname, length(${name}) + 2) = ${name} || '__')
);`;
}
