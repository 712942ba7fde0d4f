import { type Action, UNKNOWN } from "./action.ts";
import { optionsOf, valueOf } from "./options.ts";
import { kindOfSql } from "./sql.ts";
import type { Unwrapped } from "./unwrap.ts";

const WITH_VALUE = ["-e", "--execute", "-u", "--user", "-h", "--host", "-P", "--port", "-D", "--database"];

/** MySQL and MariaDB: Lifeboat has no store of that kind; what only asks is still told from what changes. */
export function mysqlAction(program: Unwrapped): Action | undefined {
  const { program: name, words } = program;
  if (name === "mysqladmin" || name === "mariadb-admin")
    return words.some((word) => /^(?:ping|status|version|processlist)$/.test(word))
      ? { kind: "reads" }
      : UNKNOWN;
  if (name !== "mysql" && name !== "mariadb") return undefined;
  const sql = valueOf(optionsOf(words.slice(1), WITH_VALUE), "-e", "--execute");
  return sql !== undefined && kindOfSql(sql) === "reads" ? { kind: "reads" } : UNKNOWN;
}
