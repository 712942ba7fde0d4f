import { clean } from "../base/clean.ts";
import { cell, cutMiddle, width } from "./text.ts";

export interface Column {
  title: string;
  align?: "left" | "right";
  /** The first to go where there is no room has the highest number; 0 always stays. */
  gives: number;
  /** Takes what room is left, and is cut in the middle when that is little. */
  flexible?: boolean;
}

export interface Table {
  head: string;
  rows: string[];
}

const GAP = 2;
const SMALLEST = 8;

/** Pure: text in columns, at most `columns` cells wide. Columns that do not fit are left away whole. */
export function table(
  spec: readonly Column[],
  cells: readonly (readonly string[])[],
  columns: number,
  mark: string,
): Table {
  const natural = spec.map((column, at) =>
    Math.max(width(column.title), ...cells.map((row) => width(clean(row[at] ?? "")))),
  );
  const least = (at: number): number =>
    spec[at]?.flexible ? Math.min(natural[at] ?? 0, SMALLEST) : (natural[at] ?? 0);
  let kept = spec.map((_, at) => at);
  const needed = (): number => kept.reduce((sum, at) => sum + least(at) + GAP, -GAP);
  while (needed() > columns && kept.some((at) => (spec[at]?.gives ?? 0) > 0)) {
    const first = Math.max(...kept.map((at) => spec[at]?.gives ?? 0));
    kept = kept.filter((at) => spec[at]?.gives !== first);
  }
  let spare = columns - needed();
  const widths = new Map<number, number>();
  for (const at of kept) {
    const more = spec[at]?.flexible ? Math.min(Math.max(0, spare), (natural[at] ?? 0) - least(at)) : 0;
    spare -= more;
    widths.set(at, least(at) + more);
  }
  const line = (row: readonly string[]): string =>
    kept
      .map((at) => {
        const size = widths.get(at) ?? 0;
        const text = clean(row[at] ?? "");
        const cut = spec[at]?.flexible ? cutMiddle(text, size, mark) : text;
        return cell(cut, size, mark, spec[at]?.align);
      })
      .join(" ".repeat(GAP))
      .trimEnd();
  return { head: line(spec.map((column) => column.title)), rows: cells.map(line) };
}
