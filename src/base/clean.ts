import { stripVTControlCharacters } from "node:util";

// C0 and C1 controls, DEL, line and paragraph separators, and the marks that reorder text on screen.
// oxlint-disable-next-line no-control-regex -- finding control characters is the point
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

function shown(character: string): string {
  const code = character.charCodeAt(0);
  if (character === "\t") return "  ";
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  if (code === 0x7f) return "^?";
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/**
 * One line of foreign text made safe for a terminal: colour and cursor sequences are dropped, every other control
 * character becomes visible (a bell shows as ^G), halves of characters become U+FFFD. A restored database's own
 * messages must not be able to move the cursor, rename the window or hide what follows.
 */
export function clean(text: string): string {
  return stripVTControlCharacters(text).toWellFormed().replace(UNSEEN, shown);
}

/** Foreign text of several lines, each made safe. Messages of programs have a detail and a hint below them. */
export function cleanLines(text: string): string[] {
  return text.split(/\r?\n/).map(clean);
}
