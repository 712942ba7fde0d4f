import type { Key } from "ink";
import { type Action, type KeyRow, KEYS, type Scope, SCOPE_TITLES } from "./key-table.ts";

const NAMED: readonly [keyof Key, string][] = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["leftArrow", "left"],
  ["rightArrow", "right"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "esc"],
  ["tab", "tab"],
  ["backspace", "backspace"],
  ["delete", "backspace"],
];

/** One name for each key: "enter", "ctrl-c", "g", "?" … Letters keep their case. */
export function keyName(input: string, key: Key): string {
  const named = NAMED.find(([flag]) => key[flag] === true);
  if (named) return named[1];
  if (input === "\r" || input === "\n") return "enter";
  if (key.meta) return `alt-${input}`;
  return key.ctrl ? `ctrl-${input}` : input;
}

/** The keys of a scope; while text is typed, "q" and "?" are text. */
export function rowsOf(scope: Scope): readonly KeyRow[] {
  return ["typed", "filter", "edited", "everywhere"].includes(scope)
    ? KEYS[scope]
    : [...KEYS[scope], ...KEYS.everywhere];
}

/** The action a key stands for in a scope, among those that are possible now. */
export function actionFor(scope: Scope, name: string, possible: ReadonlySet<Action>): Action | undefined {
  return rowsOf(scope).find((row) => possible.has(row.action) && row.keys.includes(name))?.action;
}

const escape = (text: string): string => text.replaceAll("|", "\\|");

/** The README's section on keys. */
export function keyTableMarkdown(): string {
  return Object.entries(KEYS)
    .map(([scope, rows]) => {
      const title = Object.entries(SCOPE_TITLES).find(([name]) => name === scope)?.[1] ?? scope;
      const lines = rows.map((row) => `| ${keysInWords(row)} | ${escape(row.explains)} |`);
      return [`**${title}**`, "", "| key | what it does |", "|---|---|", ...lines].join("\n");
    })
    .join("\n\n");
}

function keysInWords(row: KeyRow): string {
  const keys = row.label === "arrows" ? ["↑", "↓"] : row.keys;
  return keys.map((key) => `\`${key}\``).join(" ");
}
