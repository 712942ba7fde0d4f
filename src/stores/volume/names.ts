/** The names of volumes one restore uses. The tag keeps two runs of one day apart. */
export interface VolumeNames {
  /** The volume that containers use. */
  live: string;
  /** Where the backup is restored to. */
  copy: string;
  /** Where the old content lies after the swap. */
  kept: string;
  /** Exists when what is in `kept` was proven to be all of the old content (strategy replace). */
  proven: string;
}

export function volumeNames(live: string, tag: string, drill: boolean): VolumeNames {
  const kept = `${live}__before_${tag}`;
  return { live, copy: `${live}__${drill ? "drill" : "restore"}_${tag}`, kept, proven: `${kept}.proven` };
}
