import { nameWith } from "./identifiers.ts";

/** The database names one restore uses. The tag keeps two runs of one day apart. */
export interface RestoreNames {
  /** The name applications use. */
  live: string;
  /** Where the backup is restored to. */
  copy: string;
  /** What the old data is called after the swap. */
  kept: string;
  /** Where a safety copy is restored to, until all of it is there and it may take the live name. */
  undo: string;
  /** An empty copy that replaces a half-filled one before a second load. */
  again: string;
}

export function restoreNames(live: string, tag: string, drill: boolean): RestoreNames {
  return {
    live,
    copy: nameWith(live, drill ? `__drill_${tag}` : `__restore_${tag}`),
    kept: nameWith(live, `__before_${tag}`),
    undo: nameWith(live, `__undo_${tag}`),
    again: nameWith(live, `__again_${tag}`),
  };
}

/** The comment a copy carries while it is being made: probes read how far it came. */
export function copyMark(run: string, state: "created" | "restoring" | "restored"): string {
  return `lifeboat ${run}: ${state}`;
}
