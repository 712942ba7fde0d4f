import { plainWords } from "../words.ts";
import type { Block } from "./blocks.ts";
import { informs } from "./informs.ts";
import type { Piece } from "./piece.ts";
import { numbered } from "./sections.ts";

type Item = Extract<Block, { kind: "item" }>;
type Words = Extract<Block, { kind: "prose" | "item" }>;

/** The words before a code block, when they are short enough for a title. */
export function leadWords(text: string): string {
  const words = plainWords(text)
    .replaceAll(/\s+/g, " ")
    .replace(/\s*[:.]$/, "");
  return words.length <= 70 ? numbered(words).bare : "";
}

/** Verbs that ask for something to be done, at the beginning of a sentence. */
const VERBS =
  "wait check verify make ensure confirm log open tell notify inform replace edit set update repeat monitor copy create delete remove restart start stop restore run execute use go navigate select click choose download upload install configure review document contact call ask disable enable deploy promote switch point identify assess determine test compare record schedule add change enter find get look move provision rotate save send watch write take isolate communicate announce prepare perform do don't inspect scale apply keep put";
const IMPERATIVE = new RegExp(
  String.raw`^\W*(?:(?:then|now|next|first|finally|afterwards?|once .*,|if .*,)\s+)?(?:please\s+)?(?:${VERBS.replaceAll(" ", "|")})\b`,
  "i",
);

/** Running text, or an item of a numbered list: something to do, something to know, or a comment. */
export function textPiece(block: Words, title: string, next: Block | undefined): Piece {
  const { text, from, to } = block;
  const label = /^(?:\*\*|__)(.+?)(?:\*\*|__)/.exec(text)?.[1];
  const informing = (label === undefined ? undefined : informs(label)) ?? informs(title);
  if (informing === "before") return { kind: "before", text, from, to };
  const isIntroduction = /:\s*$/.test(text) && (next?.kind === "item" || next?.kind === "table");
  if (informing === "note" || isIntroduction) return { kind: "note", text, from, to };
  if (
    /^\W*(?:use (?:this|it)? ?(?:when|if|for)|when to use|this (?:procedure|runbook|section|guide|document))\b/i.test(
      text,
    )
  )
    return { kind: "note", text, from, to, isText: true };
  if (block.kind === "item" || IMPERATIVE.test(plainWords(text)))
    return { kind: "manual", title: firstSentence(text), text, from, to };
  return { kind: "note", text, from, to, isText: true };
}

const firstSentence = (text: string): string =>
  plainWords(text)
    .replaceAll(/\s+/g, " ")
    .split(/(?<=[.!?])\s|:\s*$/)[0]
    ?.replace(/[.:]$/, "") ?? "";

/** Whether words belong to the code below them; a box to be ticked only does when the code stands in its item. */
export const leadsTo = (block: Words, next: Block | undefined): boolean =>
  next?.kind === "code" && (block.kind !== "item" || !block.task || next.inItem === true);

/** The items that follow each other in one list; one that leads to code ends them. */
export function sameList(blocks: readonly Block[], from: number): Item[] {
  const first = blocks[from];
  const items: Item[] = [];
  for (let at = from; at < blocks.length; at += 1) {
    const block = blocks[at];
    if (block?.kind !== "item" || first?.kind !== "item" || block.ordered || block.list !== first.list) break;
    if (leadsTo(block, blocks[at + 1]) && items.length > 0) break;
    items.push(block);
  }
  return items;
}

/** A checklist or a list of points is one manual step, unless it only informs. */
export function listPiece(items: readonly Item[], title: string, above: Block | undefined): Piece {
  const isTask = items.some(({ task }) => task);
  const lead =
    above !== undefined && "text" in above && above.kind !== "code" && above.kind !== "item"
      ? plainWords(above.text)
      : "";
  const text = items
    .map((item) => `- ${item.task ? "[ ] " : ""}${item.text.replaceAll("\n", "\n  ")}`)
    .join("\n");
  const span = { from: items[0]?.from ?? 0, to: items.at(-1)?.to ?? 0 };
  const informing = isTask ? undefined : (informs(lead) ?? informs(title));
  if (informing === "before")
    return { kind: "before", text: items.map((item) => item.text).join("\n"), ...span };
  if (informing === "note") return { kind: "note", text, ...span };
  const own = firstSentence(items[0]?.text ?? "");
  const first = items.length === 1 ? own : lead.endsWith(":") && lead.length < 70 ? lead.slice(0, -1) : title;
  return { kind: "manual", title: first || own, text, ...span };
}
