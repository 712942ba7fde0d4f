import { clean } from "./clean.ts";

const SPECIAL = /[\\`*_[\]<>|#~&]/g;

/** One line of foreign text that Markdown takes for nothing but text, also in a table. */
export function markdownText(text: string): string {
  return clean(text).replace(SPECIAL, "\\$&");
}

/** Several lines of foreign text as one table cell or list item. */
export function markdownLines(text: string): string {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map(markdownText)
    .join("<br>");
}

/** Foreign text as code within a line: nothing in it can end the code, or the cell of a table. */
export function markdownCode(text: string): string {
  const line = clean(text).trim();
  return line === "" ? "" : `\`${line.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}

/** A code block with a fence longer than any run of backticks inside, so that a command cannot end its own block. */
export function fenced(lines: readonly string[], language: string): string[] {
  const runs = lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(Math.max(2, ...runs) + 1);
  return [fence + language, ...lines.map(clean), fence];
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** A table; its cells are Markdown already. Nothing at all when there are no rows. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  return [row(heads), `|${heads.map(() => "---|").join("")}`, ...rows.map(row), ""];
}
