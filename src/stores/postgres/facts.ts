import { z } from "zod";
import { counted, sizeInWords } from "../../base/size.ts";
import type { Identity } from "../../step/identity.ts";

export const factsSchema = z.object({
  version: z.string(),
  versionNum: z.number(),
  systemIdentifier: z.string(),
  inRecovery: z.boolean(),
  /** Where default_transaction_read_only was set to on, as pg_settings.source says it; null when it is off. */
  readOnlyBy: z.string().nullable(),
  address: z.string(),
  dataDirectory: z.string(),
  user: z.string(),
  superuser: z.boolean(),
  createdb: z.boolean(),
  mayAlterRoles: z.boolean(),
  /** Roles that have settings of their own in the database. */
  roleSettings: z.array(z.string()),
  maySignal: z.boolean(),
  connectionLimit: z.number(),
  roles: z.array(z.string()),
  extensions: z.array(z.string()),
  database: z
    .object({
      oid: z.string(),
      owner: z.string(),
      mayOwn: z.boolean(),
      encoding: z.string(),
      allowsConnections: z.boolean(),
      collate: z.string(),
      ctype: z.string(),
      comment: z.string().nullable(),
      bytes: z.number().nullable(),
    })
    .nullable(),
  sessions: z.array(z.object({ application: z.string(), user: z.string().nullable(), sessions: z.number() })),
  superuserSessions: z.number(),
  prepared: z.array(z.string()),
  slots: z.array(z.object({ name: z.string(), active: z.boolean() })),
  subscriptions: z.number(),
  standbys: z.number(),
  leftovers: z.array(z.string()),
});

/** What a server says about itself and about one database on it. */
export type PgFacts = z.infer<typeof factsSchema>;

export function parseFacts(stdout: string): PgFacts {
  return factsSchema.parse(JSON.parse(stdout));
}

export function identityOf(facts: PgFacts): Identity {
  return {
    systemIdentifier: facts.systemIdentifier,
    inRecovery: facts.inRecovery,
    address: facts.address,
    dataDirectory: facts.dataDirectory,
    databaseOid: facts.database?.oid ?? "0",
    version: facts.version,
  };
}

/** "primary, PostgreSQL 15.18, 2.1 GB, 14 sessions (app 12, psql 2)". */
export function describeFacts(facts: PgFacts): string {
  const role = facts.inRecovery ? "standby" : "primary";
  if (!facts.database) return `${role}, PostgreSQL ${facts.version}, the database does not exist`;
  const total = facts.sessions.reduce((sum, s) => sum + s.sessions, 0);
  const who = facts.sessions.map((s) => `${s.application} ${s.sessions}`).join(", ");
  const size = facts.database.bytes === null ? "size unknown" : sizeInWords(facts.database.bytes);
  return `${role}, PostgreSQL ${facts.version}, ${size}, ${counted(total, "session")}${who ? ` (${who})` : ""}`;
}
