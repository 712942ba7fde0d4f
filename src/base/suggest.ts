import { distance } from "fastest-levenshtein";

/**
 * The candidate a mistyped word most likely meant, or undefined when none is near. Up to two letters in five may
 * differ; a word that is the beginning of exactly one candidate ("maintenance") means that one.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  let best: { candidate: string; edits: number } | undefined;
  const begun: string[] = [];
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    if (typed.length >= 3 && lower.startsWith(typed)) begun.push(candidate);
    const edits = slips(typed, lower);
    const allowed = Math.max(1, Math.round(Math.max(typed.length, lower.length) * 0.4));
    if (typed !== "" && edits < lower.length && edits <= allowed && edits < (best?.edits ?? Infinity))
      best = { candidate, edits };
  }
  if (best !== undefined && best.edits <= 2) return best.candidate;
  return begun.length === 1 ? begun[0] : best?.candidate;
}

/** Letters that differ; two that changed places ("aks") are one slip. */
function slips(a: string, b: string): number {
  const edits = distance(a, b);
  return edits === 2 && a.length === b.length && letters(a) === letters(b) ? 1 : edits;
}

const letters = (word: string): string => [...word].sort().join("");

/** `, did you mean "postgres"?`, or else what was expected: `; expected one of a, b`. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  if (near !== undefined) return `, did you mean "${near}"?`;
  if (candidates.length === 0) return "";
  return `; expected ${candidates.length === 1 ? "" : "one of "}${candidates.join(", ")}`;
}
