import { ident } from "./identifiers.ts";
import { existsVariable, quiesceLines } from "./sessions.ts";

/** psql script that removes a database and whoever is in it; nothing when it is not there. */
export function dropScript(database: string): string {
  return `${existsVariable("there", database)}
\\if :there
${quiesceLines(database)}
DROP DATABASE ${ident(database)};
\\endif`;
}
