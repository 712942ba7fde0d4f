import { copyMark, type RestoreNames } from "./names.ts";
import { doBlock, ident, literal } from "./identifiers.ts";
import { existsVariable, quiesceLines, resumeLines } from "./sessions.ts";

const rename = (from: string, to: string): string => `ALTER DATABASE ${ident(from)} RENAME TO ${ident(to)};`;

/** The copy must be the one this run restored, and not one somebody made since. */
function guard(names: RestoreNames, run: string): string {
  return doBlock(`BEGIN
  IF shobj_description((SELECT oid FROM pg_database WHERE datname = ${literal(names.copy)}), 'pg_database')
    IS DISTINCT FROM ${literal(copyMark(run, "restored"))}
  THEN RAISE EXCEPTION 'the copy % is not there or was not restored by this run', ${literal(names.copy)}; END IF;
END`);
}

/** The comment of the live database moves with its name; without one, the copy's mark is removed. */
function comment(names: RestoreNames, manifestComment: string | null): string {
  return `SELECT format('COMMENT ON DATABASE %I IS %s', ${literal(names.live)}, coalesce(quote_literal(
    CASE WHEN EXISTS (SELECT FROM pg_database WHERE datname = ${literal(names.kept)})
      THEN (SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = ${literal(names.kept)})
      ELSE ${manifestComment === null ? "NULL" : literal(manifestComment)} END), 'NULL')) \\gexec`;
}

/**
 * psql script of the swap. Both renames are one transaction: clients see the old data, refusals, the new data, never a
 * mixture. When the live database is gone there is nothing to keep and only the copy is renamed.
 */
export function swapScript(names: RestoreNames, run: string, manifestComment: string | null): string {
  return `${guard(names, run)}
${existsVariable("live_exists", names.live)}
\\if :live_exists
${quiesceLines(names.live)}
BEGIN;
${rename(names.live, names.kept)}
${rename(names.copy, names.live)}
${comment(names, manifestComment)}
COMMIT;
\\else
BEGIN;
${rename(names.copy, names.live)}
${comment(names, manifestComment)}
COMMIT;
\\endif`;
}

/**
 * psql script that puts the old data back from whatever state the swap or a crash in it left.
 * Where no live database existed before (`wasAbsent`), going back means that the name is free again; otherwise a
 * missing old database is an error, never a reason to rename the present one away.
 */
export function unswapScript(names: RestoreNames, run: string, wasAbsent: boolean): string {
  const backBeside = `${quiesceLines(names.live)}
BEGIN;
${rename(names.live, names.copy)}`;
  const reopenCopy = `${resumeLines(names.copy)}
COMMENT ON DATABASE ${ident(names.copy)} IS ${literal(copyMark(run, "restored"))};`;
  const nothingKept = wasAbsent
    ? `${backBeside}
COMMIT;
${reopenCopy}`
    : doBlock(
        `BEGIN RAISE EXCEPTION 'the old data is not there any more: no database %', ${literal(names.kept)}; END`,
      );
  return `${existsVariable("kept_exists", names.kept)}
${existsVariable("copy_exists", names.copy)}
${existsVariable("live_exists", names.live)}
\\if :kept_exists
${backBeside}
${rename(names.kept, names.live)}
COMMIT;
${resumeLines(names.live)}
${reopenCopy}
\\elif :copy_exists
\\if :live_exists
${resumeLines(names.live)}
\\endif
\\else
${nothingKept}
\\endif`;
}

/** DONE when the copy bears the live name, NOT DONE while it is still beside. */
export function swapProbe(names: RestoreNames): string {
  return `SELECT CASE
  WHEN EXISTS (SELECT FROM pg_database WHERE datname = ${literal(names.copy)})
    THEN CASE WHEN (SELECT datallowconn FROM pg_database WHERE datname = ${literal(names.live)}) IS FALSE THEN 'PARTLY' ELSE 'NOT DONE' END
  WHEN EXISTS (SELECT FROM pg_database WHERE datname = ${literal(names.live)}) THEN 'DONE'
  ELSE 'CANNOT TELL' END;`;
}
