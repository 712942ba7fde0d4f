/*
 * Lists of named things with sizes and sums: objects of a bucket, files of a tree.
 */

/** One object, file or key of a list. What is not known is left out, and then not compared. */
export interface Entry {
  name: string;
  bytes: number;
  sha256?: string;
  /** What else has to agree, e.g. "file 0644 1000:1000" or "→ ../target". */
  about?: string;
}

/** What is different between two lists; kept as names, so that 100,000 entries cost a map and no more. */
export interface EntryDifference {
  missing: string[];
  extra: string[];
  otherSize: string[];
  otherContent: string[];
  otherAbout: string[];
  /** Of entries in both whose content is known of one side only. */
  unknown: number;
  same: number;
}

export function differenceOf(wanted: readonly Entry[], found: readonly Entry[]): EntryDifference {
  const open = new Map(found.map((entry) => [entry.name, entry]));
  const difference: EntryDifference = {
    missing: [],
    extra: [],
    otherSize: [],
    otherContent: [],
    otherAbout: [],
    unknown: 0,
    same: 0,
  };
  for (const entry of wanted) {
    const other = open.get(entry.name);
    if (!other) {
      difference.missing.push(entry.name);
      continue;
    }
    open.delete(entry.name);
    compareOne(entry, other, difference);
  }
  difference.extra.push(...open.keys());
  return difference;
}

function compareOne(entry: Entry, other: Entry, difference: EntryDifference): void {
  const sums = entry.sha256 !== undefined && other.sha256 !== undefined;
  if (entry.bytes !== other.bytes) difference.otherSize.push(entry.name);
  else if (sums && entry.sha256 !== other.sha256) difference.otherContent.push(entry.name);
  else if (sums) difference.same += 1;
  else difference.unknown += 1;
  if (entry.about !== undefined && other.about !== undefined && entry.about !== other.about)
    difference.otherAbout.push(entry.name);
}
