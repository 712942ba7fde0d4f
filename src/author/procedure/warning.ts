import type { Made } from "../steps/make.ts";
import { plainWords, verbatim } from "../words.ts";

const LABEL =
  /^(?:\p{Extended_Pictographic}\uFE0F?\s*)*(?:warning|caution|danger|important|attention|critical)\b\s*[:.!—–-]*\s*/iu;

/** A warning as words: without the marks of quotes and admonitions, and without the word "Warning" itself. */
export function warningWords(text: string): string {
  const bare = plainWords(text.replaceAll(/^(?::::|!!!)\s*\w*|:::$|\[!\w+\]/gm, ""))
    .replaceAll(/\s+/g, " ")
    .trim();
  const words = bare.replace(LABEL, "").trim();
  return words === "" ? bare : words.charAt(0).toUpperCase() + words.slice(1);
}

/** A gate: the warning is shown, and the system's name is typed to go on. */
export function warningStep(text: string, system: string): Made {
  return {
    wish: "read-the-warning",
    comment: [],
    fields: {
      title: "Read this before you go on",
      kind: "confirm",
      says: verbatim(warningWords(text)),
      type: system,
    },
  };
}
