import { counted } from "../base/size.ts";
import { type Spans, wrapProse } from "./text.ts";
import type { Theme, Tone } from "./theme.ts";
import { windowOf } from "./list.ts";

/** A line of a list: the mark where the cursor is, and the line itself. */
export function marked(theme: Theme, on: boolean, rest: Spans): Spans {
  const cursor = theme.ornaments.cursor;
  return [on ? { text: ` ${cursor} `, tone: "accent" } : " ".repeat(cursor.length + 2), ...rest];
}

/** Cells a mark takes. */
export const markWidth = (theme: Theme): number => theme.ornaments.cursor.length + 2;

/** Pure: the part of a list that fits, and, where it does not fit, which part that is. */
export function listLines<T>(
  items: readonly T[],
  cursor: number,
  rows: number,
  draw: (item: T, on: boolean, at: number) => Spans,
): Spans[] {
  const fits = items.length <= rows;
  const { from, to } = windowOf(items.length, cursor, fits ? rows : rows - 1);
  const lines = items.slice(from, to).map((item, at) => draw(item, from + at === cursor, from + at));
  if (fits || rows < 2) return lines;
  return [...lines, [{ text: `   ${from + 1} to ${to} of ${items.length}`, tone: "quiet" }]];
}

/** A label in a column of its own and prose beside it, wrapped; the label is written once. */
export function labelled(
  label: string,
  text: string,
  columns: number,
  tone: Tone = "plain",
  labelWidth = 10,
): Spans[] {
  return wrapProse(text, Math.max(10, columns - labelWidth - 2)).map((line, at): Spans => [
    { text: ` ${at === 0 ? label : ""}`.padEnd(labelWidth + 1), tone: "quiet" },
    { text: ` ${line}`, tone },
  ]);
}

/** A label and text on one line, which is cut where it is drawn. */
export function oneLine(label: string, text: string, tone: Tone = "plain", labelWidth = 10): Spans {
  return [
    { text: ` ${label}`.padEnd(labelWidth + 1), tone: "quiet" },
    { text: ` ${text}`, tone },
  ];
}

/** Prose over the whole width, indented by one. */
export function prose(text: string, columns: number, tone: Tone = "plain"): Spans[] {
  return wrapProse(text, Math.max(10, columns - 2)).map((line): Spans => [{ text: ` ${line}`, tone }]);
}

/** Pure: one line each, as many as fit; where some do not, the last line says how many, and where they are to be read. */
export function asManyAsFit(lines: readonly Spans[], room: number, where: string): Spans[] {
  if (lines.length <= room || room < 2) return lines.slice(0, Math.max(1, room));
  const hidden = lines.length - room + 1;
  const words = `and ${counted(hidden, "more line")}: ${where}`;
  return [...lines.slice(0, room - 1), [{ text: ` ${words}`, tone: "quiet" }]];
}
