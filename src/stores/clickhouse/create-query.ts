import { shellWord } from "../../base/quote.ts";
import { tableName } from "./identifiers.ts";

const NAME = "(?:`(?:[^`\\\\]|\\\\.)*`|\\w+)";
const HEAD = new RegExp(`^CREATE TABLE (?:IF NOT EXISTS )?${NAME}\\.${NAME}(?: UUID '[^']*')?`);

/** The same table under another name; undefined when the text is no CREATE TABLE of a named database. */
export function createdAs(create: string, database: string, table: string): string | undefined {
  return HEAD.test(create)
    ? create.replace(HEAD, () => `CREATE TABLE ${tableName(database, table)}`)
    : undefined;
}

/**
 * Lines of sh, for a schema that is only read when the plan runs. What does not begin as it should after the rewriting is not run: it
 * might make, or be, something else. $settings are words for the client.
 */
export function createFromFile(path: string, database: string, table: string): string {
  const wanted = `CREATE TABLE ${tableName(database, table)}`;
  const rewrite = String.raw`1s/^CREATE TABLE \(IF NOT EXISTS \)\{0,1\}[^ (]*/${wanted.replaceAll(/[\\/&]/g, String.raw`\$&`)}/`;
  return `create=$(sed ${shellWord(rewrite)} ${shellWord(path)}) || exit
case $create in ${shellWord(wanted)}*) ;; *) echo ${shellWord(`${path} does not begin with CREATE TABLE`)} >&2; exit 1 ;; esac
ch $settings --query "$create" || exit`;
}
