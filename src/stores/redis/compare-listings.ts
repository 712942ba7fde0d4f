import { count } from "../../base/size.ts";
import type { CheckResult } from "../../step/check.ts";
import { keyInWords, type ListedDatabase, type ListedKey, type Listing } from "./listing.ts";

const NAMED = 10;
const UNREAD = "-";
const NONE: ListedDatabase = { keys: 0, lasting: 0, types: new Map(), listed: new Map() };
/** A TTL without a time of its own is read a moment later: both clocks count. */
const CLOCK_MS = 1000;

interface Difference {
  key: string;
  why: string;
}

/**
 * What is there against what should be. Keys without TTL must be there exactly; one with a TTL may be missing once its time
 * is over, and only then. Types and sums are compared where both sides have them.
 */
export function compareListings(expected: Listing, found: Listing): CheckResult[] {
  const numbers = [...new Set([...expected.databases.keys(), ...found.databases.keys()])].toSorted(
    (a, b) => a - b,
  );
  if (numbers.length === 0)
    return [
      {
        name: "keys",
        level: "counts",
        result: "pass",
        expected: "0",
        found: "0",
        why: "the backup holds no key",
      },
    ];
  return numbers.flatMap((db) => {
    const [wanted, there] = [expected.databases.get(db) ?? NONE, found.databases.get(db) ?? NONE];
    const different = differences(wanted, there, found.now);
    return [
      ...counts(db, wanted, there, different),
      ...types(db, wanted, there),
      ...content(db, wanted, there, different),
    ];
  });
}

function counts(
  db: number,
  wanted: ListedDatabase,
  there: ListedDatabase,
  different: Difference[],
): CheckResult[] {
  const [expiring, left] = [wanted.keys - wanted.lasting, there.keys - there.lasting];
  const names = different.length === 0 ? "" : `: ${inWords(different)}`;
  const lasting: CheckResult = {
    name: `keys without TTL in database ${db}`,
    level: "counts",
    result: wanted.lasting === there.lasting ? "pass" : "fail",
    expected: count(wanted.lasting),
    found: count(there.lasting),
    ...(wanted.lasting === there.lasting
      ? {}
      : { why: `${amount(wanted.lasting, there.lasting)} in database ${db}${names}` }),
  };
  if (expiring === 0 && left === 0) return [lasting];
  const tooMany = left > expiring;
  return [
    lasting,
    {
      name: `keys with TTL in database ${db}`,
      level: "counts",
      result: tooMany ? "fail" : "pass",
      expected: `at most ${count(expiring)}`,
      found: `${count(left)}${left < expiring ? `, ${count(expiring - left)} gone since the backup` : ""}`,
      ...(tooMany ? { why: `${amount(expiring, left)} in database ${db}${names}` } : {}),
    },
  ];
}

const amount = (wanted: number, there: number): string =>
  there < wanted ? `${count(wanted - there)} missing` : `${count(there - wanted)} too many`;

const inWords = (different: readonly Difference[]): string =>
  `${different
    .slice(0, NAMED)
    .map(({ key, why }) => `${key} (${why})`)
    .join(", ")}${different.length > NAMED ? ` and ${count(different.length - NAMED)} more` : ""}`;

/** "hash 12, string 40": of the keys without TTL. */
const histogram = (of: ListedDatabase): string =>
  [...of.types]
    .filter(([, { lasting }]) => lasting > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, { lasting }]) => `${type} ${count(lasting)}`)
    .join(", ");

function types(db: number, wanted: ListedDatabase, there: ListedDatabase): CheckResult[] {
  if (wanted.types.size === 0 || (there.types.size === 0 && there.keys > 0)) return [];
  const [expected, found] = [histogram(wanted), histogram(there)];
  const same = expected === found;
  const base = {
    name: `types of keys without TTL in database ${db}`,
    level: "shape" as const,
    expected,
    found,
  };
  return [
    same
      ? { ...base, result: "pass" }
      : { ...base, result: "fail", why: `expected ${expected}, found ${found}` },
  ];
}

/** Every value that was read on both sides, and every sum. */
function content(
  db: number,
  wanted: ListedDatabase,
  there: ListedDatabase,
  different: Difference[],
): CheckResult[] {
  const read = [...there.listed].filter(
    ([name, { sum }]) => sum !== UNREAD && (wanted.listed.get(name)?.sum ?? UNREAD) !== UNREAD,
  ).length;
  const sums = [...wanted.types].filter(
    ([type, { sum }]) => sum !== undefined && there.types.get(type)?.sum !== undefined,
  );
  const base = { name: `values in database ${db}`, level: "content" as const };
  const found = `${count(read)} of ${count(there.keys)} read one by one${sums.length > 0 && read < there.keys ? ", all others by their sum" : ""}`;
  if (different.length > 0)
    return [{ ...base, result: "fail", found, why: `database ${db}: ${inWords(different)}` }];
  const wrong = sums.filter(([type, { sum }]) => there.types.get(type)?.sum !== sum).map(([type]) => type);
  if (wrong.length > 0) {
    const why = `database ${db}: at least one value of type ${wrong.join(", ")} is not what was backed up; it is not among the keys that were listed one by one`;
    return [{ ...base, result: "fail", found, why }];
  }
  if (read === 0 && sums.length === 0 && there.lasting > 0)
    return [
      { ...base, result: "not checked", why: "neither values nor sums of them are known on both sides" },
    ];
  return [{ ...base, result: "pass", found }];
}

function differences(wanted: ListedDatabase, there: ListedDatabase, now: number): Difference[] {
  const found: Difference[] = [];
  if (wanted.listed.size === 0) return found;
  for (const [name, key] of wanted.listed) {
    const why = difference(key, there.listed.get(name), now);
    if (why !== undefined) found.push({ key: keyInWords(name), why });
  }
  for (const name of there.listed.keys())
    if (!wanted.listed.has(name)) found.push({ key: keyInWords(name), why: "not in the backup" });
  return found;
}

function difference(wanted: ListedKey, there: ListedKey | undefined, now: number): string | undefined {
  if (there === undefined)
    return wanted.expiresAt !== -1 && wanted.expiresAt <= now + CLOCK_MS ? undefined : "missing";
  if (wanted.type !== there.type) return `a ${there.type} and no ${wanted.type}`;
  if (wanted.sum !== there.sum && wanted.sum !== UNREAD && there.sum !== UNREAD) return "another value";
  if (wanted.expiresAt === -1) return there.expiresAt === -1 ? undefined : "it has a TTL now";
  if (there.expiresAt === -1) return "its TTL is gone";
  return Math.abs(wanted.expiresAt - there.expiresAt) <= CLOCK_MS ? undefined : "another TTL";
}
