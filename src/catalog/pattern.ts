import { join, resolve, sep } from "node:path";
import { LifeboatError, usageError } from "../base/errors.ts";
import { EXIT } from "../base/exit-codes.ts";
import { formatTimestamp, parseTimestamp, TIMESTAMP_SOURCE, type Stamp, type Timezone } from "./timestamp.ts";

type Token = { kind: "text"; text: string } | { kind: "tier" | "timestamp" | "any" };
export type Segment = readonly Token[];

/** A backup path with placeholders, resolved against a folder. */
export interface Pattern {
  /** As the team wrote it. */
  source: string;
  timezone: Timezone;
  /** The deepest folder that every match lies in: looking starts there. */
  root: string;
  /** What follows the root, one entry for each folder and the last for the artifact itself. */
  segments: readonly Segment[];
}

/** What the placeholders stood for. */
export interface PatternMatch {
  tier: string | undefined;
  stamp: Stamp | undefined;
}

const PLACEHOLDER = /\{([^{}]*)\}|\*+/g;

/**
 * Reads "backups/{tier}/app-{timestamp}.sql.gz"; relative paths start at `cwd`. `*` matches any text within one name.
 * Throws exit 10 for a placeholder that does not exist.
 */
export function parsePattern(source: string, cwd: string, timezone: Timezone = "utc"): Pattern {
  const path = resolve(cwd, source);
  const segments = path.split(sep).map((name) => tokens(name, source));
  const literal = segments.findIndex((segment) => segment.some((token) => token.kind !== "text"));
  const rootLength = literal === -1 ? segments.length - 1 : literal;
  const root = path.split(sep).slice(0, rootLength).join(sep) || sep;
  return { source, timezone, root, segments: segments.slice(rootLength) };
}

function tokens(name: string, source: string): Segment {
  const found: Token[] = [];
  let end = 0;
  const text = (upTo: number): void => {
    if (upTo > end) found.push({ kind: "text", text: name.slice(end, upTo) });
  };
  for (const match of name.matchAll(PLACEHOLDER)) {
    text(match.index);
    found.push({ kind: placeholder(match[1], source) });
    end = match.index + match[0].length;
  }
  text(name.length);
  return found;
}

function placeholder(name: string | undefined, source: string): "tier" | "timestamp" | "any" {
  if (name === undefined) return "any";
  if (name === "tier" || name === "timestamp") return name;
  throw new LifeboatError(EXIT.invalid, {
    what: `unknown placeholder {${name}} in a backup path`,
    where: source,
    next: "use {tier}, {timestamp} or * (any text within one name)",
  });
}

/** The text of a segment without placeholders, which needs no looking. */
export function literalName(segment: Segment): string | undefined {
  const texts = segment.map((token) => (token.kind === "text" ? token.text : undefined));
  return texts.includes(undefined) ? undefined : texts.join("");
}

/** A function that reads one name, given what the folders above it said. Made once for each folder. */
export function segmentMatcher(
  segment: Segment,
  timezone: Timezone,
  above: PatternMatch,
): (name: string) => PatternMatch | undefined {
  const expression = new RegExp(`^${segmentSource(segment, above.tier)}$`, "su");
  return (name) => {
    const found = expression.exec(name);
    if (!found) return undefined;
    let stamp = above.stamp;
    for (const [group, text] of Object.entries(found.groups ?? {})) {
      if (group === "tier" || text === undefined) continue;
      const read = parseTimestamp(text, timezone);
      if (!read) return undefined;
      // A day in the folder's name and a time in the file's: the finer one tells.
      if (!stamp || read.spanMs <= stamp.spanMs) stamp = read;
    }
    return { tier: above.tier ?? found.groups?.["tier"], stamp };
  };
}

function segmentSource(segment: Segment, tier: string | undefined): string {
  // As in a shell, a placeholder at the start does not match hidden files.
  let source = segment[0]?.kind === "any" || segment[0]?.kind === "tier" ? String.raw`(?!\.)` : "";
  let tierSeen = false;
  segment.forEach((token, at) => {
    if (token.kind === "text") source += escape(token.text);
    else if (token.kind === "any") source += "[^/]*?";
    else if (token.kind === "timestamp") source += stampSource(segment, at);
    else if (tier !== undefined) source += escape(tier);
    else {
      source += tierSeen ? String.raw`\k<tier>` : "(?<tier>[^/]+?)";
      tierSeen = true;
    }
  });
  return source;
}

const loose = (token: Token | undefined): boolean => token !== undefined && token.kind !== "text";

/** Beside a wildcard a stamp must not begin or end in the middle of a longer number. */
function stampSource(segment: Segment, at: number): string {
  const before = loose(segment[at - 1]) ? String.raw`(?<!\d)` : "";
  const after = loose(segment[at + 1]) ? String.raw`(?!\d)` : "";
  return `${before}(?<t${at}>${TIMESTAMP_SOURCE})${after}`;
}

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

/** Reads a whole path; undefined when the pattern does not match it. */
export function matchPath(pattern: Pattern, path: string): PatternMatch | undefined {
  const names = path.split(sep);
  const rootNames = pattern.root === sep ? [""] : pattern.root.split(sep);
  if (names.length !== rootNames.length + pattern.segments.length) return undefined;
  if (rootNames.some((name, at) => name !== names[at])) return undefined;
  let match: PatternMatch | undefined = { tier: undefined, stamp: undefined };
  for (const [at, segment] of pattern.segments.entries()) {
    match = segmentMatcher(segment, pattern.timezone, match)(names[rootNames.length + at] ?? "");
    if (!match) return undefined;
  }
  return match;
}

/**
 * The path a new backup gets. `like` is the stamp text of an existing backup whose manner is kept; a `*` becomes
 * "lifeboat", set off from what stands before it. Throws exit 10 when the pattern has no {timestamp}: the new backup would replace the last one.
 */
export function nameFor(
  pattern: Pattern,
  { tier, time, like }: { tier?: string | undefined; time: Date; like?: string | undefined },
): string {
  const kinds = new Set(pattern.segments.flat().map((token) => token.kind));
  if (!kinds.has("timestamp"))
    throw new LifeboatError(EXIT.invalid, {
      what: "the backup path has no {timestamp}, so a new backup would replace the last one",
      where: pattern.source,
      next: "add {timestamp} to its last part",
    });
  if (kinds.has("tier") && (!tier || /[/\0]/.test(tier) || tier.startsWith(".")))
    throw usageError(`a backup at ${pattern.source} needs a tier`, "name one, for example daily");
  const stamp = formatTimestamp(time, pattern.timezone, like);
  const names = pattern.segments.map((segment) =>
    segment.reduce((name, token) => {
      if (token.kind === "text") return name + token.text;
      const any = /[^-_.]$/.test(name) ? "-lifeboat" : "lifeboat";
      return name + { tier: tier ?? "", timestamp: stamp, any }[token.kind];
    }, ""),
  );
  return join(pattern.root, ...names);
}
