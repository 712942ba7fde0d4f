const MASK = "‹secret›";
const MASK_BYTES = Buffer.from(MASK);
/** Shorter values would blank out ordinary words everywhere and protect nothing. */
const SHORTEST = 3;

export interface Redactor {
  text: (text: string) => string;
  /** One for each byte stream: it remembers what it holds back. */
  stream: () => RedactedStream;
}

/**
 * Hides secrets in a stream that is cut anywhere. What could be the beginning of a secret is held back until the next
 * chunk decides; everything else comes out at once, so that a line is on the screen when the program has printed it.
 */
export interface RedactedStream {
  push: (chunk: Buffer) => Buffer;
  /** What is still held, when the stream is over. */
  end: () => Buffer;
}

/** A part of the input that belongs to a secret: from … to (excluded). */
type Range = [from: number, to: number];

/** Hides every secret value, also in its URL-encoded forms. Overlapping secrets are hidden as one. */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    const encoded = encodeURIComponent(secret.toWellFormed());
    const lower = encoded.replaceAll(/%[\dA-F]{2}/g, (hex) => hex.toLowerCase());
    for (const form of [secret, encoded, lower]) forms.add(form);
  }
  const words = [...forms];
  const needles = words.map((form) => Buffer.from(form));
  return {
    text: (input) => hideText(input, words),
    stream: () => openStream(needles),
  };
}

function hideText(input: string, words: readonly string[]): string {
  const ranges = rangesOf(words, (word, from) => input.indexOf(word, from));
  let out = "";
  let at = 0;
  for (const [from, to] of ranges) {
    out += input.slice(at, from) + MASK;
    at = to;
  }
  return out + input.slice(at);
}

/** Every occurrence of every word, those that overlap joined, in order. */
function rangesOf<T extends { length: number }>(
  words: readonly T[],
  find: (word: T, from: number) => number,
  first: readonly Range[] = [],
): Range[] {
  const found: Range[] = [...first];
  for (const word of words)
    for (let at = find(word, 0); at >= 0; at = find(word, at + 1)) found.push([at, at + word.length]);
  const joined: Range[] = [];
  for (const [from, to] of found.sort(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last && from < last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

function openStream(needles: readonly Buffer[]): RedactedStream {
  let held: Buffer = Buffer.alloc(0);
  // How much of the beginning of `held` belongs to a secret whose mask is written already.
  let masked = 0;
  const put = (chunk: Buffer, isLast: boolean): Buffer => {
    const all = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const edge = isLast ? all.length : decidedUntil(all, needles);
    const first: Range[] = masked > 0 ? [[0, masked]] : [];
    const ranges = rangesOf(needles, (needle, from) => all.indexOf(needle, from), first);
    const parts: Buffer[] = [];
    let at = 0;
    for (const [from, to] of ranges) {
      const goesOn = from === 0 && masked > 0;
      if (from >= edge && !goesOn) break;
      parts.push(all.subarray(at, from));
      if (!goesOn) parts.push(MASK_BYTES);
      at = to;
    }
    masked = Math.max(0, at - edge);
    if (at < edge) parts.push(all.subarray(at, edge));
    // A copy: a view would keep the whole chunk alive.
    held = Buffer.from(all.subarray(edge));
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  };
  return { push: (chunk) => put(chunk, false), end: () => put(Buffer.alloc(0), true) };
}

/** Up to here no byte can begin a secret that the next chunk completes. */
function decidedUntil(all: Buffer, needles: readonly Buffer[]): number {
  let edge = all.length;
  for (const needle of needles) {
    for (let at = Math.max(0, all.length - needle.length + 1); at < edge; at += 1) {
      if (all[at] === needle[0] && needle.subarray(0, all.length - at).equals(all.subarray(at))) edge = at;
    }
  }
  return edge;
}
