import type { Block } from "./blocks.ts";
import { codePieces, commandIn } from "./code-pieces.ts";
import type { Piece } from "./piece.ts";
import { isBefore } from "./scenarios.ts";
import { numbered, type Section } from "./sections.ts";
import { leadsTo, listPiece, sameList, textPiece } from "./text-pieces.ts";

/** Takes a scenario's sections apart. */
export function piecesOf(section: Section): Piece[] {
  const below = section.children.flatMap((child): Piece[] => [
    {
      kind: "phase",
      title: numbered(child.title).bare,
      heading: child.title,
      from: child.line,
      to: child.line,
    },
    ...(isBefore(child) ? beforePieces(child) : piecesOf(child)),
  ]);
  return [...blockPieces(section), ...below];
}

/** Prerequisites are told before the run; what can be run among them still is. */
function beforePieces(section: Section): Piece[] {
  return piecesOf({ ...section, title: "" }).map((piece): Piece =>
    piece.kind === "manual" || piece.kind === "note"
      ? { kind: "before", text: piece.text, from: piece.from, to: piece.to }
      : piece,
  );
}

type Words = Extract<Block, { kind: "prose" | "item" }>;

function blockPieces(section: Section): Piece[] {
  const { blocks } = section;
  const title = numbered(section.title).bare;
  const pieces: Piece[] = [];
  let lead: Words | undefined;
  for (let at = 0; at < blocks.length; at += 1) {
    const block = blocks[at];
    const next = blocks[at + 1];
    if (block === undefined) continue;
    if (block.kind === "code") {
      pieces.push(...withNumber(codePieces(block, lead?.text ?? ""), next));
      lead = undefined;
    } else if ((block.kind === "prose" || block.kind === "item") && leadsTo(block, next)) {
      lead = block;
      pieces.push({ kind: "lead", text: block.text, from: block.from, to: block.to });
    } else if (block.kind === "prose" || (block.kind === "item" && block.ordered)) {
      pieces.push(...(commandIn(block) ?? [textPiece(block, title, next)]));
    } else if (block.kind === "item") {
      const items = sameList(blocks, at);
      pieces.push(listPiece(items, title, blocks[at - 1]));
      at += items.length - 1;
    } else pieces.push(plainPiece(block));
  }
  return pieces;
}

const PRINTS = /\b(?:should|must|has to|prints?|returns?|expect\w*|shows?)\b[^.\d]*?(\d+)\b/i;
/** No number, but a limit, or a time. */
const LIMIT =
  /\b(?:at least|at most|more|fewer|less|between|about|around|or|than|minimum|maximum|seconds?|minutes?|hours?)\b|[~<>+%≥≤–-]/i;

/** "It should print `0`." below a block is what its last query has to answer. */
function withNumber(pieces: readonly Piece[], below: Block | undefined): Piece[] {
  const last = pieces.at(-1);
  const isPlain = below?.kind === "prose" && !LIMIT.test(below.text);
  const said = isPlain ? PRINTS.exec(below.text)?.[1] : undefined;
  if (said === undefined || last?.kind !== "action" || last.action.kind !== "query") return [...pieces];
  return [...pieces.slice(0, -1), { ...last, prints: Number(said) }];
}

function plainPiece(block: Exclude<Block, Words | { kind: "code" }>): Piece {
  const { from, to } = block;
  if (block.kind === "warning") return { kind: "warning", text: block.text, from, to };
  return { kind: "note", text: block.kind === "table" ? "" : block.text, from, to };
}
