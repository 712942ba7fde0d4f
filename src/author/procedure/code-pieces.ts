import { UNKNOWN } from "../shell/action.ts";
import { sqlAction } from "../shell/postgres.ts";
import { type Recognized, recognize } from "../shell/recognize.ts";
import { isProgram, type Statement, statements } from "../shell/statements.ts";
import type { Block } from "./blocks.ts";
import type { ActionPiece, Piece } from "./piece.ts";
import { isShell } from "./scenarios.ts";
import { numbered } from "./sections.ts";
import { isCrontab } from "./settings.ts";
import { leadWords } from "./text-pieces.ts";

type Code = Extract<Block, { kind: "code" }>;

const QUERIES = new Set(["sql", "postgresql", "pgsql", "psql"]);
const SHOWN = /^(?:|text|txt|output|plain|plaintext|log|mermaid|diagram)$/;

/** What a code block is: statements of a shell, a query, settings to be made by hand, or something shown. */
export function codePieces(block: Code, words: string): Piece[] {
  const { text, from, to, lang } = block;
  const lead = leadWords(words);
  const whole = { text, lead, from, to };
  if (isCrontab(block)) return [{ kind: "note", text, from, to }];
  if (SHOWS_OUTPUT.test(words)) return [{ kind: "note", text, from, to }];
  if (isShell(lang, text) && !isCommands(text))
    return [{ kind: "manual", title: lead || "Not read as commands", text, from, to }];
  if (QUERIES.has(lang)) return [{ kind: "action", action: sqlAction(text, { kind: "postgres" }), ...whole }];
  if (!isShell(lang, text))
    return [
      SHOWN.test(lang)
        ? { kind: "note", text, from, to }
        : { kind: "manual", title: lead || "Settings as the procedure has them", text, from, to },
    ];
  if (isProgram(text)) return [{ kind: "action", action: UNKNOWN, ...whole }];
  const split = statements(text);
  const found = asPieces(split.statements, block, lead);
  const rest: Piece[] =
    split.rest.length === 0 ? [] : [{ kind: "note", text: split.rest.join("\n"), from: to, to }];
  return [...afterHand(together(found)), ...rest];
}

const SHOWS_OUTPUT =
  /\b(?:example|expected|sample|similar) (?:output|result|response)|\boutput (?:looks|should|is)|\byou (?:will|should|'ll) (?:see|get)\b|\b(?:returns|prints):?\s*$/i;

/** Whether each line begins as a command can: what a program has printed is often marked as shell, too. */
function isCommands(text: string): boolean {
  return statements(text).statements.every(({ text: line }) =>
    /^\s*(?:#!|(?:[({!]\s*)?(?:\.{0,2}\/|~\/|"?\$[({]?)?[A-Za-z_[][\w.+@/:"'$(){}=,~[\]-]*)/.test(line),
  );
}

/** Statements; a `cd` on a line of its own is none. */
function asPieces(all: readonly Statement[], block: Code, lead: string): Piece[] {
  return all.flatMap((statement, at): Piece[] => {
    const { text, from, to } = statement;
    const goesTo = /^\s*cd\s+([^\s;&|]+)\s*$/.exec(text)?.[1];
    return goesTo === undefined
      ? statementPieces(statement, block, at === 0 ? lead : "")
      : [{ kind: "note", text, goesTo, from: block.from + from, to: block.from + to }];
  });
}

const isUnknown = (piece: Piece | undefined): piece is ActionPiece =>
  piece?.kind === "action" &&
  piece.action.kind === "unknown" &&
  !/^\s*(?:export\s+)?\w+=\S*\s*$|^\s*(?:export\s+)?\w+=(?:"[^"]*"|'[^']*'|\$\(.*\))\s*$/s.test(piece.text);

/** Unknown commands that follow each other are one script behind one gate; what only sets a variable stays apart. */
function together(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  for (const piece of pieces) {
    const last = found.at(-1);
    const isNext = isUnknown(last) && isUnknown(piece) && piece.lead === "" && last.cwd === undefined;
    if (!isNext) {
      found.push(piece);
      continue;
    }
    const { argv: _argv, ...rest } = last;
    found[found.length - 1] = { ...rest, text: `${last.text}\n${piece.text}`, to: piece.to };
  }
  return found;
}

/** SQL among shell lines, as people write it. */
const IS_SQL = /^\s*(?:SELECT|DROP DATABASE|CREATE DATABASE|ANALYZE|VACUUM)\s[\s\S]*;?\s*$/;

/** The comment line that says what is done; one that only asks for something to be adapted is no title. */
const titleIn = (comment: readonly string[]): string | undefined =>
  comment.find(
    (line) =>
      /[A-Za-z]/.test(line) &&
      // A command that has been put out of use is no words.
      !isShell("", line) &&
      !/^(?:replace|uncomment|adjust|change|note|hint|tip|if|where|or|see)\b/i.test(line),
  );

function statementPieces({ text, from, to, comment }: Statement, block: Code, lead: string): ActionPiece[] {
  const own = titleIn(comment) ?? lead;
  const parts: Recognized[] = IS_SQL.test(text)
    ? [{ action: sqlAction(text, { kind: "postgres" }) }]
    : recognize(text);
  // Half understood is not understood: then the statement stays whole.
  const whole =
    parts.length > 1 && parts.some(({ action }) => action.kind === "unknown") ? [{ action: UNKNOWN }] : parts;
  return whole.map((part) => ({
    kind: "action",
    text,
    lead: numbered(own).bare,
    from: block.from + from,
    to: block.from + to,
    ...part,
  }));
}

/** After a program in which somebody types, nobody knows where the rest of the block runs. */
function afterHand(pieces: readonly Piece[]): Piece[] {
  const at = pieces.findIndex(
    (piece) =>
      piece.kind === "action" && piece.action.kind === "by-hand" && piece.action.because.includes("type"),
  );
  if (at < 0) return [...pieces];
  return pieces.map((piece, i) =>
    i <= at || piece.kind !== "action"
      ? piece
      : { ...piece, action: { kind: "by-hand", because: "it follows what is typed above" } },
  );
}

/** "Stop the application: `docker compose stop`": words and one command on a line. */
export function commandIn({
  text,
  from,
  to,
}: Extract<Block, { kind: "prose" | "item" }>): Piece[] | undefined {
  const [, words = "", command] = /^([^`]*?)[:,–—-]?\s*`([^`]+)`[.]?$/.exec(text) ?? [];
  if (command === undefined || !/\s/.test(command) || !isShell("", command)) return undefined;
  const pieces = codePieces({ kind: "code", lang: "sh", text: command, from, to }, words);
  const isKnown = pieces.every(
    (piece) => piece.kind === "action" && !["unknown", "by-hand"].includes(piece.action.kind),
  );
  return isKnown ? pieces : undefined;
}
