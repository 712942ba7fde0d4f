/** The database names one restore uses. The tag keeps two runs of one day apart. */
export interface RestoreNames {
  /** The name applications use. */
  live: string;
  /** Where the backup is restored to and proven. */
  copy: string;
  /** Where the old data is, as a database, once its safety copy was restored beside it. */
  kept: string;
}

export function restoreNames(live: string, tag: string, drill: boolean): RestoreNames {
  return {
    live,
    copy: `${live}${drill ? "__drill_" : "__restore_"}${tag}`,
    kept: `${live}__before_${tag}`,
  };
}
