/** What single statements of a dump say about the restore. Pure functions over the text of one statement. */

import type { Unframeable } from "./plain-dump.ts";

const NAME = String.raw`(?:"(?:[^"]|"")*"|[\w$\u0080-\uffff]+)`;
const QUALIFIED = String.raw`${NAME}(?:\s*\.\s*${NAME})*`;
const ROLES = String.raw`(?:GROUP\s+)?${NAME}(?:\s*,\s*(?:GROUP\s+)?${NAME})*`;

const COPY = new RegExp(
  String.raw`^COPY\s+(?:BINARY\s+)?(${QUALIFIED})\s*(?:\([^;]*\))?\s*FROM\s+stdin\b`,
  "i",
);
const OWNER = new RegExp(String.raw`\sOWNER\s+TO\s+(${NAME})\s*$`, "i");
const ALTER_ROLE = new RegExp(
  String.raw`^ALTER\s+DEFAULT\s+PRIVILEGES\s+FOR\s+(?:ROLE|USER)\s+(${ROLES})`,
  "i",
);
const GRANT = new RegExp(
  String.raw`\s(?:TO|FROM)\s+(${ROLES})(?:\s+WITH\s+\w+\s+\w+)?(?:\s+GRANTED\s+BY\s+(${NAME}))?(?:\s+(?:CASCADE|RESTRICT))?\s*$`,
  "i",
);
const POLICY = new RegExp(String.raw`\sTO\s+(${ROLES})(?:\s+USING\b|\s+WITH\b|\s*$)`, "i");
const SCHEMA = new RegExp(String.raw`^CREATE\s+SCHEMA\s.*\bAUTHORIZATION\s+(${NAME})`, "is");
const SESSION =
  /^SET\s+(?:LOCAL\s+|SESSION\s+)?(?:ROLE|AUTHORIZATION|SESSION\s+AUTHORIZATION)\s+(?:TO\s+)?(?:'([^']+)'|("[^"]+"|\w+))/i;
const EXTENSION = new RegExp(String.raw`^CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?(${NAME})`, "i");
const NOBODY = new Set(["public", "current_user", "current_role", "session_user", "none", "default"]);

/** A name as the server knows it: quotes removed, unquoted ones in lower case. */
function bare(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}

/** The table of `COPY … FROM stdin`, as written; undefined for any other statement. */
export function copiedTable(statement: string): string | undefined {
  return COPY.exec(statement)?.[1];
}

export function extensionOf(statement: string): string | undefined {
  const name = EXTENSION.exec(statement)?.[1];
  return name === undefined ? undefined : bare(name);
}

/** Roles that must exist before the statement can run. */
export function rolesIn(statement: string): string[] {
  const lists = rawRoles(statement).flatMap((list) => (list === undefined ? [] : [list]));
  return lists.flatMap((list) => {
    const names = list.match(new RegExp(NAME, "g")) ?? [];
    return names.filter((name) => !/^group$/i.test(name) && !NOBODY.has(name.toLowerCase())).map(bare);
  });
}

function rawRoles(statement: string): (string | undefined)[] {
  switch (statement.slice(0, 5).toUpperCase()) {
    case "ALTER": {
      const forRole = ALTER_ROLE.exec(statement)?.[1];
      if (/^ALTER\s+DEFAULT\s/i.test(statement)) return [forRole, GRANT.exec(statement)?.[1]];
      return [OWNER.exec(statement)?.[1]];
    }
    case "GRANT":
    case "REVOK":
      return GRANT.exec(statement)?.slice(1) ?? [];
    case "CREAT":
      if (/^CREATE\s+POLICY\b/i.test(statement)) return [POLICY.exec(statement)?.[1]];
      return [SCHEMA.exec(statement)?.[1]];
    default: {
      const found = SESSION.exec(statement);
      return [found?.[1] === undefined ? found?.[2] : `"${found[1]}"`];
    }
  }
}

const NOT_IN_ONE = [
  /^(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ABORT|PREPARE\s+TRANSACTION)\b/i,
  /^ROLLBACK(?:\s+(?:WORK|TRANSACTION))?$/i,
  /^(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION)\b/i,
  /^(?:ALTER\s+SYSTEM|VACUUM|CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY)\b/i,
];
const REACHES_OUT = /^COPY\s.*\s(?:FROM|TO)\s+(?:PROGRAM\b|')/is;

/** Why a statement cannot be run inside the one transaction a plain dump is restored in. */
export function transactionProblem(statement: string): Unframeable | undefined {
  if (REACHES_OUT.test(statement)) return "reaches out";
  const at = NOT_IN_ONE.findIndex((expression) => expression.test(statement));
  if (at === -1) return undefined;
  return at < 2 ? "own transaction" : "outside a transaction";
}

/** Settings newer than some servers: older ones refuse the whole line. Only ever dropped by exact match. */
const SINCE: Readonly<Record<string, string>> = {
  transaction_timeout: "17",
  idle_session_timeout: "14",
  default_table_access_method: "12",
  idle_in_transaction_session_timeout: "9.6",
  row_security: "9.5",
  lock_timeout: "9.3",
};

/** `SET name = value` of the preamble, with the server version that first knew it where older ones refuse it. */
export function settingOf(statement: string): { name: string; since: string | undefined } | undefined {
  const name = /^SET\s+(?:SESSION\s+)?(\w+)\s*(?:=|\bTO\b)/i.exec(statement)?.[1]?.toLowerCase();
  return name === undefined ? undefined : { name, since: SINCE[name] };
}
