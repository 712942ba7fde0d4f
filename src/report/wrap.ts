/** What must not be broken: a piece of code, or a word. */
const PIECE = /`[^`]*`\S*|\S+/g;

/**
 * Prose in lines of at most `columns`, broken between words and never inside `code`; `first` goes before the first line
 * ("- "), the others are set in as far. A single word longer than a line stays whole.
 */
export function wrapProse(text: string, first = "", columns = 78): string[] {
  const indent = " ".repeat(first.length);
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const [piece] of text.matchAll(PIECE)) {
    if (!empty && line.length + 1 + piece.length > columns) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? piece : ` ${piece}`;
    empty = false;
  }
  return empty ? lines : [...lines, line];
}
