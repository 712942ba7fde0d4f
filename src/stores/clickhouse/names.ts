/** The databases one restore uses. The tag keeps two runs of one day apart. */
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
export function restoreNames(live: string, tag: string, drill: boolean): RestoreNames {
  return {
    live,
    copy: `${live}__${drill ? "drill" : "restore"}_${tag}`,
    kept: `${live}__before_${tag}`,
  };
}

/** Databases that runs have left, by the names above. */
export const isLeftover = (live: string, database: string): boolean =>
  ["drill", "restore", "before", "counted"].some((what) => database.startsWith(`${live}__${what}_`));

/** An empty table in a copy that says that all of the backup is in it. Moves nowhere: the copy's database goes with it. */
export const LOADED = "lifeboat: all of it is loaded";
