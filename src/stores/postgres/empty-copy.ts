import { createCopyScript } from "./create-copy.ts";
import { dropScript } from "./drop.ts";
import { ident, literal } from "./identifiers.ts";
import { copyMark, type RestoreNames } from "./names.ts";
import { existsVariable } from "./sessions.ts";
import { carrySettingsScript } from "./settings.ts";

/**
 * psql script that makes sure the copy is empty, and marks that a load has begun. A second attempt finds the mark of the
 * first: what that one left half filled is replaced by an empty copy like it. At every instant one of the two is there,
 * so the script can itself be interrupted and run again.
 */
export function emptyCopyScript(names: RestoreNames, run: string): string {
  const begun = literal(copyMark(run, "restoring"));
  return `${existsVariable("copy_exists", names.copy)}
${existsVariable("again_exists", names.again)}
\\if :copy_exists
SELECT shobj_description(oid, 'pg_database') IS NOT DISTINCT FROM ${begun} AS begun FROM pg_database WHERE datname = ${literal(names.copy)} \\gset
\\if :begun
${createCopyScript(names.again, names.copy, copyMark(run, "created"), undefined)}
${carrySettingsScript(names.copy, names.again)}
${dropScript(names.copy)}
ALTER DATABASE ${ident(names.again)} RENAME TO ${ident(names.copy)};
\\endif
\\elif :again_exists
ALTER DATABASE ${ident(names.again)} RENAME TO ${ident(names.copy)};
\\endif
COMMENT ON DATABASE ${ident(names.copy)} IS ${begun};`;
}
