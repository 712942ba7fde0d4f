/** What one restore calls what it makes. The tag keeps runs apart, the step two restores of one run. */
export interface RestoreNames {
  /** The database applications use. */
  live: string;
  /** Where the backup is restored to: the live database itself, or that of a drill. */
  target: string;
  /** Behind the name of each restored collection until it is put in place; "" in a drill, which has a database for itself. */
  copy: string;
  /** Behind the name of each old collection after the swap. */
  kept: string;
  /** Behind the name of what applications made in the moment in which a name was free. */
  between: string;
  /** The collection in which the run keeps how far it came. */
  marks: string;
}

export function restoreNames(
  live: string,
  { tag, step, drill }: { tag: string; step: string; drill: boolean },
): RestoreNames {
  const own = step === USUAL ? tag : `${tag}_${step}`;
  return {
    live,
    target: drill ? `${live}__drill_${own}` : live,
    copy: drill ? "" : `__restore_${own}`,
    kept: `__before_${own}`,
    between: `__between_${own}`,
    marks: `lifeboat__${own}`,
  };
}

/** What most runbooks call their restore: names stay short then. */
const USUAL = "restore";

export const OURS = /__(?:restore|before|between)_\d{4}_\d{6}_[0-9a-z]{4}(?:_[0-9a-z-]+)*$|^lifeboat__/;

/** Made by a run of Lifeboat, and no part of the application's data. */
export const isOurs = (name: string): boolean => OURS.test(name);
