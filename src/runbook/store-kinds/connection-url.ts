/** What every kind's connection URL has: user and password before an "@", percent-encoded. */
export interface Credentials {
  user?: string;
  password?: string;
  /** Where the password stands in the text given, for telling which variables are secret. */
  passwordAt?: { start: number; end: number };
}

/** `fault` says what is wrong and never quotes the URL, since any part of a mistyped one may be the password. */
export type ParsedUrl<Url> = { url: Url; fault?: undefined } | { fault: string; url?: undefined };

/** Advice at the end of a fault. */
export const ENCODE = "in user and password write @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25";

/** What is wrong with a URL; never quotes it. */
export class UrlFault extends Error {}

/** Reads a URL by a reader that throws UrlFault. */
export function parsedBy<Url>(read: (text: string) => Url, text: string): ParsedUrl<Url> {
  try {
    if (/[\s\p{Cc}]/u.test(text))
      throw new UrlFault("the URL holds a space, a line break or another control character");
    return { url: read(text) };
  } catch (error) {
    if (error instanceof UrlFault) return { fault: error.message };
    throw error;
  }
}

export interface UrlPieces extends Credentials {
  scheme: string;
  /** What stands between the credentials and the first "/". */
  hosts: string;
  /** Behind the "/", decoded; undefined when there is none. */
  path?: string;
  /** Behind the "?", as it was written, and where that begins. */
  query: string;
  queryAt: number;
}

/** Takes scheme://user:password@hosts/path?query apart; `expected` is said when the scheme is another one. */
export function takeApart(text: string, schemes: RegExp, expected: string): UrlPieces {
  const scheme = schemes.exec(text)?.[0];
  if (scheme === undefined) throw new UrlFault(expected);
  if (text.includes("#")) throw new UrlFault(`the URL holds a "#": ${ENCODE}`);
  const mark = text.indexOf("?");
  const before = mark < 0 ? text : text.slice(0, mark);
  const slash = before.indexOf("/", scheme.length);
  const authority = before.slice(scheme.length, slash < 0 ? undefined : slash);
  const path = slash < 0 ? "" : before.slice(slash + 1);
  if (/[@/]/.test(path)) throw new UrlFault(`the URL cannot be taken apart: ${ENCODE}`);
  const at = authority.lastIndexOf("@");
  return {
    scheme,
    hosts: authority.slice(at + 1),
    ...credentials(authority.slice(0, Math.max(0, at)), scheme.length),
    ...(path === "" ? {} : { path: decode(path) }),
    query: mark < 0 ? "" : text.slice(mark + 1),
    queryAt: mark + 1,
  };
}

/** user[:password]; `offset` is where it begins in the URL. */
export function credentials(text: string, offset: number): Credentials {
  const colon = text.indexOf(":");
  const user = colon < 0 ? text : text.slice(0, colon);
  const password = colon < 0 ? "" : text.slice(colon + 1);
  const passwordAt = { start: offset + colon + 1, end: offset + text.length };
  return {
    ...(user === "" ? {} : { user: decode(user) }),
    ...(password === "" ? {} : { password: decode(password), passwordAt }),
  };
}

/** Undoes percent-encoding. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UrlFault(`a "%" in the URL does not begin two hexadecimal digits; ${ENCODE}`);
  }
}

/** One "name=value" of a query, still encoded. */
export function pairIn(pair: string): { name: string; value: string } {
  const equals = pair.indexOf("=");
  if (equals < 1) throw new UrlFault(`a parameter behind "?" is not name=value; ${ENCODE}`);
  return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
}
