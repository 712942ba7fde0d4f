const LONGEST = 80;

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function inWords(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/**
 * Where found JSON lacks what is wanted, a line each: "status.db is "down", not "up"". Groups may have more keys than are
 * named; lists have to be as long, and each item is looked at in the same way.
 */
export function jsonDifferences(found: unknown, wanted: unknown, at = ""): string[] {
  const inside = (key: string): string => (at === "" ? key : `${at}.${key}`);
  if (isGroup(wanted) && isGroup(found))
    return Object.entries(wanted).flatMap(([key, value]) =>
      jsonDifferences(Object.hasOwn(found, key) ? found[key] : undefined, value, inside(key)),
    );
  if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length)
    return wanted.flatMap((value: unknown, index) => jsonDifferences(found[index], value, `${at}[${index}]`));
  if (!isGroup(wanted) && !Array.isArray(wanted) && wanted === found) return [];
  return [`${at === "" ? "the body" : at} is ${inWords(found)}, not ${inWords(wanted)}`];
}
