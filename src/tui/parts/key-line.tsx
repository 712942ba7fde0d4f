import { useEnv } from "../hooks/use-env.ts";
import type { KeysNow } from "../hooks/use-keys.ts";
import { type KeyRow, KEYS } from "../key-table.ts";
import { rowsOf } from "../keys.ts";
import { type Span, width } from "../text.ts";
import { Line } from "./line.tsx";

const label = (row: KeyRow, arrows: string): string => (row.label === "arrows" ? arrows : row.label);

/** Pure: the keys that work now, the most important first; what does not fit gives way, but never the help. */
export function keysShown(keys: KeysNow, columns: number, arrows: string): KeyRow[] {
  const possible = (row: KeyRow): boolean => keys.actions.has(row.action);
  const rows = KEYS[keys.scope].filter(possible);
  const always = rowsOf(keys.scope).filter((row) => possible(row) && !rows.includes(row));
  const size = (row: KeyRow): number => width(label(row, arrows)) + 1 + width(row.does) + 3;
  const help = always.filter((row) => row.action === "help");
  let left = columns - 1 - help.reduce((sum, row) => sum + size(row), 0) + 3;
  const shown: KeyRow[] = [];
  for (const row of [...rows, ...always.filter((entry) => entry.action !== "help")]) {
    if (size(row) > left) continue;
    left -= size(row);
    shown.push(row);
  }
  const quit = shown.filter((row) => row.action === "quit");
  return [...shown.filter((row) => row.action !== "quit"), ...help, ...quit];
}

/** The bottom line. */
export function KeyLine({ keys }: { keys: KeysNow }) {
  const { theme, size } = useEnv();
  const { columns } = size;
  const spans = keysShown(keys, columns, theme.ornaments.arrows).flatMap((row, at): Span[] => [
    at === 0 ? " " : "   ",
    { text: label(row, theme.ornaments.arrows), tone: "accent" },
    ` ${row.does}`,
  ]);
  return <Line spans={spans} />;
}
