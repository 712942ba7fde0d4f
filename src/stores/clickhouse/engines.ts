/** Engines whose tables hold rows of their own, on disk or in memory; views, Distributed, Merge, Kafka … show those of others. */
const HOLDS = /(MergeTree|Log|^Memory|^Set|^Join|^EmbeddedRocksDB)$/;

/** Set and Join cannot be read back, so they cannot be dumped. */
const UNREADABLE = /^(Set|Join)$/;

/** What a materialized view keeps to itself; its name changes with the view. */
const isInner = (name: string): boolean => /^\.inner(_id)?\./.test(name);

export const holdsRows = (engine: string, name: string): boolean =>
  HOLDS.test(engine) && !UNREADABLE.test(engine) && !isInner(name);

/** Why a table's rows are in no backup; undefined where they are, or where it has none of its own. */
export function leftOut(engine: string, name: string): string | undefined {
  if (isInner(name)) return "it is the inside of a materialized view";
  if (UNREADABLE.test(engine)) return `a table with engine ${engine} cannot be read`;
  if (engine === "Buffer") return "what a Buffer holds is in memory: it is in its table when it was flushed";
  return undefined;
}

/** Its name and its data are shared with other servers through ZooKeeper: renaming one replica is no restore. */
export const isReplicated = (engine: string): boolean => engine.startsWith("Replicated");

/** Background merges remove or join rows of these, so what was just loaded would not be what is counted. */
export const mayLoseRows = (full: string): boolean =>
  /^(Replicated)?(Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Graphite)MergeTree/.test(
    full,
  ) || /\bTTL\b/.test(full);
