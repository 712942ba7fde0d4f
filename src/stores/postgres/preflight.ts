import { z } from "zod";
import { count, sizeInWords } from "../../base/size.ts";
import { fail, pass, warn } from "../../checks/results.ts";
import type { CheckResult, Judge } from "../../step/check.ts";
import { parseFacts, type PgFacts } from "./facts.ts";
import { ident, literal } from "./identifiers.ts";
import { privileges } from "./preflight-privileges.ts";

const argsSchema = z.object({
  database: z.string(),
  strategy: z.enum(["swap", "replace"]),
  /** Whether this mode will touch the live name. */
  live: z.boolean(),
  /** A manifest says which roles and extensions are needed. */
  known: z.boolean(),
  roles: z.array(z.string()),
  extensions: z.array(z.string()),
  encoding: z.string().nullable(),
  jobs: z.number(),
});
type Args = z.infer<typeof argsSchema>;

function takeWrites(source: string, user: string): string {
  const reset = source.includes("user")
    ? `ALTER ROLE ${ident(user)} RESET default_transaction_read_only;`
    : "ALTER SYSTEM RESET default_transaction_read_only; SELECT pg_reload_conf();";
  return `SET default_transaction_read_only = off; ${reset}`;
}

function server(facts: PgFacts): CheckResult[] {
  const results = [pass("server answers", `PostgreSQL ${facts.version} at ${facts.address}`)];
  if (facts.inRecovery) {
    results.push(
      fail(
        "server is a primary",
        "it is a standby: it cannot be written to",
        "point the system at the primary, or promote this one first",
      ),
    );
  } else results.push(pass("server is a primary", "yes"));
  if (facts.readOnlyBy !== null) {
    const why = `default_transaction_read_only is on (${facts.readOnlyBy})`;
    results.push(fail("server takes writes", why, takeWrites(facts.readOnlyBy, facts.user)));
  }
  if (facts.standbys > 0) {
    results.push(
      warn(
        "standbys",
        `${facts.standbys} ${facts.standbys === 1 ? "standby" : "standbys"} will replay all of this`,
        "expect replication lag during the restore",
      ),
    );
  }
  return results;
}

/** Roles and extensions a backup needs against what the server has; `none` is said when it needs nothing. */
export function roleAndExtensionResults(
  facts: PgFacts,
  wanted: { roles: string[]; extensions: string[] },
  none: string,
): CheckResult[] {
  const missingRoles = wanted.roles.filter((role) => !facts.roles.includes(role));
  const missingExtensions = wanted.extensions.filter((name) => !facts.extensions.includes(name));
  const results = [
    ...missingRoles.map((role) =>
      fail(
        `role ${role} exists`,
        `the backup's objects belong to the role ${role} or grant to it, and this server lacks it`,
        `CREATE ROLE ${ident(role)};`,
      ),
    ),
    ...missingExtensions.map((name) =>
      fail(
        `extension ${name} is available`,
        `the backup uses the extension ${name}, which this server does not have`,
        `install the package that brings ${name} on the server`,
      ),
    ),
  ];
  if (missingRoles.length === 0 && wanted.roles.length > 0)
    results.push(pass("roles the backup needs", wanted.roles.join(", ")));
  if (missingExtensions.length === 0 && wanted.extensions.length > 0)
    results.push(pass("extensions the backup needs", wanted.extensions.join(", ")));
  return results.length > 0 ? results : [pass("roles and extensions", none)];
}

function needs(facts: PgFacts, args: Args): CheckResult[] {
  const results = roleAndExtensionResults(
    facts,
    args,
    args.known ? "the backup needs none" : "read from the backup in the next step",
  );
  if (args.encoding !== null && facts.database && facts.database.encoding !== args.encoding) {
    results.push(
      fail(
        "encoding agrees",
        `the backup is ${args.encoding}, the database ${facts.database.encoding}`,
        "restore into a database created with the backup's encoding",
      ),
    );
  }
  return results;
}

function obstacles(facts: PgFacts, args: Args): CheckResult[] {
  if (!facts.database)
    return [
      warn(
        "the live database",
        `there is no database ${args.database}: nothing to keep, nothing to end`,
        "none: the restore creates it",
      ),
    ];
  const results: CheckResult[] = [];
  const sessions = facts.sessions.reduce((sum, s) => sum + s.sessions, 0);
  const who = facts.sessions.map((s) => `${s.application} ${s.sessions}`).join(", ");
  results.push(
    pass("sessions", sessions === 0 ? "none" : `${count(sessions)} (${who}); ended at the cut-over`),
  );
  const blocking = args.live ? fail : warn;
  if (facts.prepared.length > 0) {
    const fix = facts.prepared.map((gid) => `ROLLBACK PREPARED ${literal(gid)};`).join(" ");
    results.push(
      blocking(
        "no prepared transactions",
        `${facts.prepared.join(", ")}: they block the rename`,
        `in database ${args.database}, after asking their owner: ${fix}`,
      ),
    );
  }
  if (facts.slots.length > 0) {
    const names = facts.slots.map((slot) => `${slot.name}${slot.active ? " (active)" : ""}`).join(", ");
    results.push(
      blocking(
        "no logical slots",
        `${names}: they stay with the old data or are lost with it`,
        `drop them and create them again after the restore: SELECT pg_drop_replication_slot('${facts.slots[0]?.name}');`,
      ),
    );
  }
  if (facts.subscriptions > 0) {
    results.push(
      blocking(
        "no subscriptions",
        `${facts.subscriptions} ${facts.subscriptions === 1 ? "subscription writes" : "subscriptions write"} into this database`,
        "ALTER SUBSCRIPTION … DISABLE, and set it up again after the restore",
      ),
    );
  }
  if (facts.leftovers.length > 0) {
    const names = facts.leftovers.join(", ");
    results.push(warn("leftovers of earlier runs", names, "when nobody needs them: lifeboat cleanup <run>"));
  }
  if (!facts.database.allowsConnections) {
    results.push(
      warn(
        "connections to the database",
        "it is closed to new connections (a fence left behind?)",
        `ALTER DATABASE ${ident(args.database)} ALLOW_CONNECTIONS true;`,
      ),
    );
  }
  if (facts.database.bytes !== null)
    results.push(pass("size of the live database", sizeInWords(facts.database.bytes)));
  return results;
}

/** Everything knowable about the server, all at once, each with its fix. */
export const judgePreflight: Judge = (evidence, rawArgs) => {
  const args = argsSchema.parse(rawArgs);
  const facts = parseFacts(evidence.stdout);
  return [...server(facts), ...privileges(facts, args), ...needs(facts, args), ...obstacles(facts, args)];
};
