import type { StoreGuess } from "../store-guess.ts";
import { type Action, UNKNOWN } from "./action.ts";
import { type Options, optionsOf, valueOf } from "./options.ts";
import { kindOfSql, tablesCounted } from "./sql.ts";
import type { Unwrapped } from "./unwrap.ts";

const WITH_VALUE =
  "-h --host -p --port -U --username -d --dbname -c --command -f --file -v --set -j --jobs -F --format -t --table -n --schema -T -Z -O -l -E --role".split(
    " ",
  );
const TAKES_TABLES = new Set(["pg_dump", "pg_dumpall", "pg_restore"]);

/** psql, pg_restore, pg_dump and their small relatives; `piped` is what feeds it. */
export function postgresAction(program: Unwrapped, piped: string | undefined): Action | undefined {
  const name = program.program;
  if (!/^(?:psql|pg_restore|pg_dump|pg_dumpall|dropdb|createdb|pg_isready|vacuumdb)$/.test(name))
    return undefined;
  // psql's -t is a flag, pg_dump's -t names a table.
  const withValue = TAKES_TABLES.has(name)
    ? WITH_VALUE
    : WITH_VALUE.filter((flag) => !["-t", "-n", "-F", "-l"].includes(flag));
  const options = optionsOf(program.words.slice(1), withValue);
  const store = storeOf(program, options, name);
  if (name === "pg_isready") return { kind: "wait", names: [], of: "postgres" };
  if (name === "dropdb") return { kind: "part", of: "postgres", does: "drops the database" };
  if (name === "createdb") return { kind: "part", of: "postgres", does: "creates the database" };
  if (name === "vacuumdb") return { kind: "part", of: "postgres", does: "collects statistics" };
  if (name === "pg_dump" || name === "pg_dumpall") return backup(program, options, store);
  if (name === "pg_restore") {
    if (options.flags.has("-l") || options.flags.has("--list"))
      return { kind: "part", of: "postgres", does: "looks into the backup" };
    const file = options.rest.at(-1) ?? program.input ?? piped;
    return { kind: "restore", store: { ...store, ...(file === undefined ? {} : { file }) } };
  }
  return psql(program, options, store, piped);
}

function storeOf(program: Unwrapped, options: Options, name: string): StoreGuess {
  const positional =
    name === "pg_restore"
      ? undefined
      : name === "psql" || name === "pg_dump"
        ? options.rest[0]
        : options.rest.at(-1);
  const subject = valueOf(options, "-d", "--dbname") ?? positional;
  const isUrl = subject !== undefined && /^(?:postgres(?:ql)?:\/\/|\$\{?\w*(?:URL|DSN)\b)/.test(subject);
  const variable = /\$\{?(\w+)/.exec(subject ?? "")?.[1];
  const parts = {
    user: valueOf(options, "-U", "--username"),
    server: valueOf(options, "-h", "--host"),
    passwordVariable: /^\$\{?(\w+)\}?$/.exec(program.assigns["PGPASSWORD"] ?? "")?.[1],
    port: valueOf(options, "-p", "--port"),
  };
  return {
    kind: "postgres",
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
    ...(subject === undefined || isUrl ? {} : { subject }),
    ...(isUrl && variable !== undefined ? { urlVariable: variable } : {}),
    places: program.places,
  };
}

function backup(program: Unwrapped, options: Options, store: StoreGuess): Action {
  const file = valueOf(options, "-f", "--file") ?? program.output;
  return { kind: "backup", store, ...(file === undefined ? {} : { file }) };
}

function psql(program: Unwrapped, options: Options, store: StoreGuess, piped: string | undefined): Action {
  if (options.flags.has("-l") || options.flags.has("--list")) return { kind: "reads" };
  const sql = valueOf(options, "-c", "--command") ?? program.document;
  if (sql !== undefined) return sqlAction(sql, store);
  const file = valueOf(options, "-f", "--file") ?? program.input ?? piped;
  if (file === undefined)
    return program.words.length <= 1 || options.rest.length > 0 || options.values.size > 0
      ? { kind: "by-hand", because: "psql waits for what is typed" }
      : UNKNOWN;
  if (/migrat|schema|seed|init|fix|script|grant|role/i.test(file)) return UNKNOWN;
  return { kind: "restore", store: { ...store, file } };
}

/** SQL as an action, wherever it was found. */
export function sqlAction(sql: string, store: StoreGuess): Action {
  const kind = kindOfSql(sql);
  if (kind === "reads")
    return { kind: "query", store, sql: sql.trim().replace(/;\s*$/, ""), tables: tablesCounted(sql) };
  if (kind === "unknown") return UNKNOWN;
  return { kind: "part", of: "postgres", does: kind };
}
