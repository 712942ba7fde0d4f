import type { KeysNow } from "./hooks/use-keys.ts";
import { type KeyRow, KEYS, type Scope, SCOPE_TITLES } from "./key-table.ts";
import { type Spans, wrapProse } from "./text.ts";
import type { Theme } from "./theme.ts";

const LABEL = 12;

function rowLines(row: KeyRow, columns: number, theme: Theme): Spans[] {
  const label = row.label === "arrows" ? theme.ornaments.arrows : row.keys.slice(0, 2).join(" ");
  return wrapProse(row.explains, Math.max(10, columns - LABEL - 2)).map((text, at): Spans => [
    { text: ` ${at === 0 ? label : ""}`.padEnd(LABEL + 1), tone: "accent" },
    ` ${text}`,
  ]);
}

/** Pure: the help for the screen that is shown, made from the key table. */
export function helpLines(keys: KeysNow, columns: number, theme: Theme): Spans[] {
  const part = (scope: Scope): Spans[] => [
    [{ text: ` ${SCOPE_TITLES[scope]}`, tone: "strong" }],
    ...KEYS[scope]
      .filter((row) => keys.actions.has(row.action))
      .flatMap((row) => rowLines(row, columns, theme)),
  ];
  return [...part(keys.scope), ...part("everywhere")];
}
