/** A URL of the database `from` with `to` in its place; undefined for anything else. */
export function redirectedUrl(value: string, from: string, to: string): string | undefined {
  const match = /^(mongodb(?:\+srv)?:\/\/[^/?#]*\/)([^?#]*)(.*)$/s.exec(value);
  if (!match || decodeURIComponent(match[2] ?? "") !== from) return undefined;
  return `${match[1]}${encodeURIComponent(to)}${match[3]}`;
}
