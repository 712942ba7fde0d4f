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
  if (columns <= mark.length || mark === "") return cliTruncate(text, columns, { truncationCharacter: "" });
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
  const cleaned = spans.map((span) => withText(span, clean(textOf(span))));
  const total = cleaned.reduce((sum, span) => sum + stringWidth(textOf(span)), 0);
  if (total <= columns) return cleaned;
  let left = Math.max(0, columns - mark.length);
  const fitted: Span[] = [];
  for (const span of cleaned) {
    const text = textOf(span);
    if (stringWidth(text) > left)
      return [...fitted, withText(span, cutEnd(text, left, "") + cutEnd(mark, columns, ""))];
    left -= stringWidth(text);
    fitted.push(span);
  }
  return fitted;
}

const withText = (span: Span, text: string): Span => (typeof span === "string" ? text : { ...span, text });

/** Prose broken at spaces into lines of at most `columns` cells; a longer word is cut hard, never lost. */
export function wrapProse(text: string, columns: number): string[] {
  return text.split("\n").flatMap((one) => wrapLine(one, columns));
}

function wrapLine(text: string, columns: number): string[] {
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
