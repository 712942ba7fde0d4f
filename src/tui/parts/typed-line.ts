import { cutEnd, type Spans, width } from "../text.ts";
import type { Theme } from "../theme.ts";

/** Pure: what is typed so far, with a cursor; the end stays in view when it is longer than the line. */
export function typedLine(label: string, text: string, columns: number, theme: Theme): Spans {
  const room = Math.max(4, columns - width(label) - 4);
  const seen = width(text) <= room ? text : theme.ornaments.cut + [...text].slice(-(room - 3)).join("");
  return [` ${label}`, { text: cutEnd(seen, room, ""), tone: "strong" }, "_"];
}
