import { fail, pass } from "../../checks/results.ts";
import type { CheckResult } from "../../step/check.ts";
import type { PgFacts } from "./facts.ts";
import { ident } from "./identifiers.ts";

/** What the connecting role may do, against what this mode needs. */
export function privileges(facts: PgFacts, args: { live: boolean; jobs: number }): CheckResult[] {
  const results: CheckResult[] = [];
  const who = facts.user;
  if (facts.createdb) results.push(pass("may create databases", who));
  else
    results.push(
      fail(
        "may create databases",
        `role ${who} has no CREATEDB`,
        `as a superuser: ALTER ROLE ${ident(who)} CREATEDB;`,
      ),
    );
  if (facts.database && args.live && !facts.database.mayOwn) {
    results.push(
      fail(
        "may rename the database",
        `role ${who} is no member of its owner ${facts.database.owner}`,
        `as a superuser: GRANT ${ident(facts.database.owner)} TO ${ident(who)};`,
      ),
    );
  }
  if (args.live && !facts.superuser && facts.superuserSessions > 0) {
    results.push(
      fail(
        "may end all sessions",
        `${facts.superuserSessions} sessions belong to superusers, which ${who} cannot end`,
        "close them, or connect as a superuser",
      ),
    );
  }
  if (args.live && !facts.maySignal && !facts.database?.mayOwn) {
    results.push(
      fail(
        "may end all sessions",
        `role ${who} may not signal other roles' sessions`,
        `as a superuser: GRANT pg_signal_backend TO ${ident(who)};`,
      ),
    );
  }
  if (facts.roleSettings.length > 0 && !facts.mayAlterRoles) {
    results.push(
      fail(
        "may carry the settings of roles across",
        `${facts.roleSettings.join(", ")} has settings in this database, which ${who} may not set`,
        `as a superuser: ALTER ROLE ${ident(who)} CREATEROLE; (from version 16 on also GRANT each of them TO ${ident(who)} WITH ADMIN OPTION)`,
      ),
    );
  }
  if (facts.connectionLimit >= 0 && facts.connectionLimit < args.jobs + 2) {
    results.push(
      fail(
        "enough connections",
        `role ${who} may open ${facts.connectionLimit}, the restore needs ${args.jobs + 2}`,
        `as a superuser: ALTER ROLE ${ident(who)} CONNECTION LIMIT ${args.jobs + 4};`,
      ),
    );
  }
  return results;
}
