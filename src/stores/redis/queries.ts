import { shellLine } from "../../base/quote.ts";
import { LifeboatError } from "../../base/errors.ts";
import { EXIT } from "../../base/exit-codes.ts";

/** Words as redis-cli reads them: parts in quotes hold together. */
export function wordsOf(question: string): string[] {
  return [...question.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) =>
    double === undefined ? (single ?? bare ?? "") : double.replaceAll(/\\(.)/g, "$1"),
  );
}

/** They change nothing, and COMMAND INFO does not call them "readonly". */
const LOOKS = ["ping", "info", "dbsize", "lastsave", "time", "echo", "role"];

/**
 * A script that asks one question of `ask` (words of redis-cli, or a function) in a database and refuses whatever could
 * change something: the server itself says which of its commands only read. "-n 3" before the question names another
 * database.
 */
export function queryScript(ask: string, question: string, database: number): string {
  const all = wordsOf(question);
  const own = all[0] === "-n" && /^\d+$/.test(all[1] ?? "");
  const [db, words] = own ? [Number(all[1]), all.slice(2)] : [database, all];
  const name = words[0] ?? "";
  if (!/^[\w.]+$/.test(name))
    throw new LifeboatError(EXIT.invalid, {
      what: "this is no question for a Redis server",
      where: question,
      next: "give words for redis-cli, e.g. DBSIZE, or -n 3 LLEN bull:mail:wait",
    });
  const guard = LOOKS.includes(name.toLowerCase())
    ? ""
    : `${ask} COMMAND INFO ${name} | grep -qx readonly || { echo ${shellLine([`${name} is no command that only reads, so it is not run as a question`])} >&2; exit 1; }
`;
  return `${guard}said=$(${ask} -n ${db} ${shellLine(words)} 2>&1) || { printf '%s\\n' "$said" >&2; exit 1; }
case $said in
"ERR "* | "WRONGTYPE "* | "NOPERM "* | "NOAUTH "* | "LOADING "* | "AUTH failed"*) printf '%s\\n' "$said" >&2; exit 1 ;;
esac
printf '%s\\n' "$said"`;
}
