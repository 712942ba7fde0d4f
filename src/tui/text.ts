import cliTruncate from "cli-truncate";
import stringWidth from "string-width";
import { clean } from "../base/clean.ts";
import type { Tone } from "./theme.ts";

/** A piece of a line: plain text, or text with a meaning. */
export type Span = string | { text: string; tone: Tone };
export type Spans = readonly Span[];

export const width = (text: string): number => stringWidth(text);

/** Cut at the end when longer than `columns` cells; wide characters are counted as the terminal counts them. */
export function cutEnd(text: string, columns: number, mark: string): string {
  if (columns <= 0) return "";
  if (stringWidth(text) <= columns) return text;
  if (columns <= mark.length) return cliTruncate(text, columns, { truncationCharacter: "" });
  return cliTruncate(text, columns, { truncationCharacter: mark });
}

/** Cut in the middle, for what matters at both ends: commands and paths. */
export function cutMiddle(text: string, columns: number, mark: string): string {
  if (columns <= mark.length + 2) return cutEnd(text, columns, mark);
  if (stringWidth(text) <= columns) return text;
  return cliTruncate(text, columns, { position: "middle", truncationCharacter: mark });
}

/** Exactly `columns` cells: cut or filled with spaces. */
export function cell(text: string, columns: number, mark: string, align: "left" | "right" = "left"): string {
  const cut = cutEnd(clean(text), columns, mark);
  const fill = " ".repeat(Math.max(0, columns - stringWidth(cut)));
  return align === "left" ? cut + fill : fill + cut;
}

const textOf = (span: Span): string => (typeof span === "string" ? span : span.text);

/** Pure: cleans every span and cuts the line to `columns` cells, so that nothing drawn can ever wrap. */
export function fitSpans(spans: Spans, columns: number, mark: string): Span[] {
  const fitted: Span[] = [];
  let left = columns;
  const total = spans.reduce((sum, span) => sum + stringWidth(clean(textOf(span))), 0);
  for (const span of spans) {
    if (left <= 0) break;
    const text = clean(textOf(span));
    // The mark belongs at the end of the whole line, so a span that just fits is kept only when nothing follows it.
    const room = stringWidth(text) <= left && (total <= columns || stringWidth(text) + mark.length <= left);
    const cut = room ? text : cutEnd(`${text}${" ".repeat(columns)}`, left, mark);
    left -= stringWidth(cut);
    fitted.push(typeof span === "string" ? cut : { text: cut, tone: span.tone });
    if (!room) break;
  }
  return fitted;
}

/** Prose broken at spaces into lines of at most `columns` cells; a longer word is cut hard, never lost. */
export function wrapProse(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of clean(text)
    .split(" ")
    .flatMap((part) => pieces(part, columns))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (stringWidth(longer) <= columns) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** A command broken hard at the edge, so that every character of it can be read; nothing is added or lost. */
export function wrapExact(text: string, columns: number): string[] {
  return pieces(clean(text), columns);
}

function pieces(text: string, columns: number): string[] {
  if (stringWidth(text) <= columns) return [text];
  const parts: string[] = [];
  let part = "";
  let cells = 0;
  for (const character of text) {
    const wide = stringWidth(character);
    if (cells + wide > columns && part !== "") {
      parts.push(part);
      part = "";
      cells = 0;
    }
    part += character;
    cells += wide;
  }
  return part === "" ? parts : [...parts, part];
}
