const MASK = "‹secret›";
const MASK_BYTES = Buffer.from(MASK);
/** Shorter values would blank out ordinary words everywhere and protect nothing. */
const SHORTEST = 3;

export interface Redactor {
  text: (text: string) => string;
  /** For streams: the same object when the chunk holds no secret. */
  bytes: (chunk: Buffer) => Buffer;
  /** The longest secret in bytes: a stream has to hold back this much at chunk edges. */
  longest: number;
}

/** Hides every secret value, also in its URL-encoded form. */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    forms.add(secret);
    forms.add(encodeURIComponent(secret));
  }
  // Longest first: a secret that contains another is hidden whole.
  const ordered = [...forms].toSorted((a, b) => b.length - a.length);
  const needles = ordered.map((form) => Buffer.from(form));
  const text = (input: string): string => ordered.reduce((out, form) => out.replaceAll(form, MASK), input);
  return {
    text,
    bytes: (chunk) => needles.reduce(replaceBytes, chunk),
    longest: needles[0]?.length ?? 0,
  };
}

function replaceBytes(chunk: Buffer, needle: Buffer): Buffer {
  let at = chunk.indexOf(needle);
  if (at < 0) return chunk;
  const parts: Buffer[] = [];
  let from = 0;
  while (at >= 0) {
    parts.push(chunk.subarray(from, at), MASK_BYTES);
    from = at + needle.length;
    at = chunk.indexOf(needle, from);
  }
  return Buffer.concat([...parts, chunk.subarray(from)]);
}
