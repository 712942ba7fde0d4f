/** The databases one restore uses. The tag keeps two runs of one day apart, the step two restores of one run. */
export interface RestoreNames {
  /** The one applications use. */
  live: string;
  /** Where the backup is restored to, each table under its own name. */
  copy: string;
  /** Where the old tables are after the swap. */
  kept: string;
}

/**
 * Databases of their own and not tables beside: queries of the runbook find the copies under their own names, and an
 * engine Merge over `^device_` never reads rows twice.
 */
export function restoreNames(
  live: string,
  { tag, step, drill }: { tag: string; step: string; drill: boolean },
): RestoreNames {
  // Two restores of one run may be of the same database, each of a table of its own.
  const own = step === USUAL ? tag : `${tag}_${step}`;
  return {
    live,
    copy: `${live}__${drill ? "drill" : "restore"}_${own}`,
    kept: `${live}__before_${own}`,
  };
}

/** What most runbooks call their restore: names stay short then. */
export const USUAL = "restore";

/** Databases that runs have left, by the names above. */
export const isLeftover = (live: string, database: string): boolean =>
  ["drill", "restore", "before", "counted"].some((what) => database.startsWith(`${live}__${what}_`));

/** An empty table in a copy that says that all of the backup is in it. Moves nowhere: the copy's database goes with it. */
export const LOADED = "lifeboat: all of it is loaded";
