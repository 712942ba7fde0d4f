/** The newest RDB format each version of Redis reads. Source: RDB_VERSION in rdb.h at the releases. */
const FORMATS: readonly [major: number, minor: number, rdb: number][] = [
  [7, 4, 12],
  [7, 2, 11],
  [7, 0, 10],
  [5, 0, 9],
  [4, 0, 8],
  [3, 2, 7],
];

/** "7.0.15" → 10; undefined for a version nobody knows. */
export function rdbReadBy(version: string): number | undefined {
  const match = /^(\d+)\.(\d+)/.exec(version);
  if (!match) return undefined;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const found = FORMATS.find(([a, b]) => major > a || (major === a && minor >= b));
  return found?.[2] ?? 6;
}
